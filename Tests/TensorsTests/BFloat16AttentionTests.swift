import Testing

@testable import Tensors

@Suite("Attention in bfloat16")
struct BFloat16AttentionTests {
    /// Two sequences of these lengths behind a prefix, with what makes attention differ.
    struct Form: CustomTestStringConvertible, Sendable {
        let name: String
        let lengths: [Int]
        var prefix = 0
        var heads = 2, keyValueHeads = 2
        var isCausal = false
        var rate: Float = 0
        var size = 24

        var testDescription: String { name }
    }

    static let forms = [
        Form(name: "short", lengths: [7, 30]),
        Form(name: "long and short", lengths: [150, 20]),
        Form(name: "a prefix, dropout", lengths: [101, 60], prefix: 70, rate: 0.2),
        Form(name: "causal, shared keys", lengths: [140, 99], heads: 4, keyValueHeads: 2, isCausal: true),
        Form(name: "a short prefix, causal", lengths: [130, 100], prefix: 5, isCausal: true),
        Form(name: "heads of whole vectors", lengths: [140, 40], prefix: 9, size: 32),
        Form(name: "heads of an odd size", lengths: [35, 100], heads: 4, keyValueHeads: 2, isCausal: true, size: 13),
    ]

    /// Which inputs have a gradient.
    enum Trained: CaseIterable { case all, allButQuery, prefix }

    private func run(
        _ form: Form, inHalves: Bool, halfGradients: Bool = false, trained: Trained = .all
    ) -> [Tensor] {
        let size = form.size
        let offsets = [0, form.lengths[0], form.lengths[0] + form.lengths[1]]
        let attention = Attention(
            queryOffsets: offsets, keyOffsets: offsets,
            keyLimits: form.isCausal ? form.lengths.flatMap { (1...Int32($0)).map(\.self) } : nil, heads: form.heads,
            keyValueHeads: form.keyValueHeads, headSize: size, scale: 0.3,
            dropout: form.rate > 0 ? DropoutMask(rate: form.rate, key: 7) : nil)
        func stored(_ name: String, _ heads: Int) -> StoredTensor {
            // The same numbers in both precisions.
            let halves = BFloat16Tensor(random([offsets[2], heads * size], name))
            return inHalves ? .bfloat16(halves) : .float32(halves.float32)
        }
        func prefix(_ name: String) -> Tensor? {
            form.prefix > 0 ? random([form.prefix, form.keyValueHeads * size], name) : nil
        }
        let inputs = Attention.Inputs(
            query: stored("q", form.heads), key: stored("k", form.keyValueHeads),
            value: stored("v", form.keyValueHeads),
            prefixKey: prefix("pk"), prefixValue: prefix("pv"))
        let (output, lse) = Kernels.attention(attention, inputs)
        let dy = random(output.shape, "dy")
        let own = trained != .prefix
        var wanted = Attention.Wanted(query: trained == .all, key: own, value: own, prefix: form.prefix > 0)
        wanted.isHalf = halfGradients
        let gradients = Kernels.attentionBackward(
            attention, inputs, output: own ? nil : output, lse: lse,
            dy: halfGradients ? .bfloat16(BFloat16Tensor(dy)) : .float32(dy), wanted: wanted)
        return [output, gradients.query, gradients.key, gradients.value].compactMap { $0?.float32 }
            + [gradients.prefixKey, gradients.prefixValue].compactMap(\.self)
    }

    @Test(
        "is near attention in float32, forward and backward", arguments: forms,
        [(true, false), (true, true), (false, true)])
    func near(form: Form, how: (usesUnit: Bool, halfGradients: Bool)) {
        let wide = run(form, inHalves: false)
        let narrow = MatrixUnit.$isAllowed.withValue(how.usesUnit) {
            run(form, inHalves: true, halfGradients: how.halfGradients)
        }
        #expect(narrow.count == (form.prefix > 0 ? 6 : 4))
        for (a, b) in zip(narrow, wide) {
            #expect(a.shape == b.shape)
            let gap = zip(a.array, b.array).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
            let size = b.array.reduce(0.0) { $0 + Double($1 * $1) }
            #expect(gap <= 1e-4 * size, "\(form.name): \((gap / size).squareRoot())")
        }
    }

    @Test("where some inputs are frozen the gradients of the others are the same", arguments: forms, [false, true])
    func frozenQueries(form: Form, inHalves: Bool) {
        var all = run(form, inHalves: inHalves, halfGradients: inHalves)
        all.remove(at: 1)
        expectSame(run(form, inHalves: inHalves, halfGradients: inHalves, trained: .allButQuery), all, inHalves)
    }

    @Test(
        "where the prefix alone is trained its gradients are the same, by what forward kept",
        arguments: forms.filter { $0.prefix > 0 }, [false, true])
    func frozenAll(form: Form, inHalves: Bool) {
        let all = run(form, inHalves: inHalves)
        let prefix = run(form, inHalves: inHalves, trained: .prefix)
        #expect(all.count == 6)
        expectSame(prefix, [all[0]] + all.suffix(2), inHalves)
    }

    private func expectSame(_ others: [Tensor], _ all: [Tensor], _ inHalves: Bool) {
        #expect(others.count == all.count && others[0] == all[0])
        for (a, b) in zip(others, all) {
            let gap = zip(a.array, b.array).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
            #expect(gap <= (inHalves ? 1e-4 : 1e-10) * b.array.reduce(0.0) { $0 + Double($1 * $1) })
        }
    }

    @Test("does not depend on the number of threads, to the bit", arguments: forms)
    func threads(form: Form) {
        let results = [1, 3].map { count in
            Parallel.$threadCount.withValue(count) { run(form, inHalves: true, halfGradients: true) }
        }
        #expect(results[0] == results[1])
    }
}
