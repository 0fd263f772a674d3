import Foundation
import Tensors
import Testing

/// Reproducible numbers of about 1.
func random(_ shape: Shape, _ name: String) -> Tensor {
    var stream = RandomStream(seed: 3, path: name)
    return Tensor(shape, (0..<shape.count).map { _ in Float(stream.normal()) })
}

func expectClose(_ a: Tensor, _ b: Tensor, _ tolerance: Float = 1e-4, _ place: SourceLocation = #_sourceLocation) {
    #expect(a.shape == b.shape, sourceLocation: place)
    let worst = zip(a.array, b.array).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 0
    #expect(worst < tolerance, sourceLocation: place)
}

@Suite("Kernels")
struct KernelTests {
    @Test(
        "a product is the sum over the inner axis, for row counts around the size of a block",
        arguments: [1, 191, 193, 500])
    func products(rows: Int) {
        let (x, weight) = (random([rows, 5], "x"), random([7, 5], "w"))
        let y = Kernels.product(x, transposed: weight)
        let expected = (0..<rows).flatMap { r in
            (0..<7).map { o in (0..<5).reduce(Float(0)) { $0 + x[r, $1] * weight[o, $1] } }
        }
        expectClose(y, Tensor([rows, 7], expected))
        let back = (0..<rows).flatMap { r in
            (0..<5).map { i in (0..<7).reduce(Float(0)) { $0 + y[r, $1] * weight[$1, i] } }
        }
        expectClose(Kernels.product(y, weight), Tensor([rows, 5], back))
        let weights = (0..<7).flatMap { o in
            (0..<5).map { i in (0..<rows).reduce(Float(0)) { $0 + y[$1, o] * x[$1, i] } }
        }
        expectClose(Kernels.product(transposed: y, x), Tensor([7, 5], weights), 1e-3)
        let ones = Tensor([rows, 5], repeating: 1)
        expectClose(Kernels.product(y, weight, addingTo: ones), Tensor([rows, 5], back.map { $0 + 1 }))
        #expect(ones == Tensor([rows, 5], repeating: 1), "a tensor that someone else holds is not changed")
    }

    @Test(
        "a product is the sum over the inner axis, whichever library multiplies: few columns and many, whole groups of rows and odd ones",
        arguments: [(33, 40, 129), (200, 67, 160), (225, 300, 32), (64, 70, 31), (192, 128, 256), (17, 33, 512)])
    func libraries(rows: Int, inner: Int, columns: Int) {
        let (x, weight, d) = (
            random([rows, inner], "x"), random([columns, inner], "w"), random([rows, columns], "d")
        )
        func sums(_ rows: Int, _ columns: Int, _ inner: Int, _ term: (Int, Int, Int) -> Float) -> Tensor {
            let values = (0..<rows).flatMap { row in
                (0..<columns).map { column in Float((0..<inner).reduce(0.0) { $0 + Double(term(row, column, $1)) }) }
            }
            return Tensor([rows, columns], values)
        }
        let forward = sums(rows, columns, inner) { x[$0, $2] * weight[$1, $2] }
        expectClose(Kernels.product(x, transposed: weight), forward)
        expectClose(Kernels.product(x, transposed: weight, addingTo: d), Kernels.add(forward, d))
        expectClose(Kernels.product(d, weight), sums(rows, inner, columns) { d[$0, $2] * weight[$2, $1] })
        let weights = sums(columns, inner, rows) { d[$2, $0] * x[$2, $1] }
        expectClose(Kernels.product(transposed: d, x), weights)
        expectClose(Kernels.product(transposed: d, x, addingTo: weight), Kernels.add(weights, weight))
    }

    @Test(
        "beyond a few rows, what a row of a product gets depends on no other row, where processors have AVX-512",
        .enabled(if: Kernels.hasWidestVectors), arguments: [17, 40, 96, 193, 461])
    func rowsAlone(rows: Int) {
        let (inner, columns) = (768, 384)
        let (x, weight) = (random([512, inner], "x"), random([columns, inner], "w"))
        let all = Kernels.product(x, transposed: weight)
        #expect(Kernels.product(x.rows(7..<7 + rows), transposed: weight) == all.rows(7..<7 + rows))
        let across = weight.reshaped([inner, columns])
        #expect(Kernels.product(x.rows(7..<7 + rows), across) == Kernels.product(x, across).rows(7..<7 + rows))
    }

    @Test("activations agree with their definitions in double precision")
    func activations() {
        let x = Tensor([1, 4001], (0...4000).map { Float($0 - 2000) / 200 })
        let identity = Tensor([1, 1], [1])
        func value(_ activation: Activation) -> [Float] {
            Kernels.linear(
                x.reshaped([4001, 1]), identity, bias: nil, activation: activation, keepsInput: false
            ).output.array
        }
        func check(_ activation: Activation, _ f: (Double) -> Double) {
            for (input, output) in zip(x.array, value(activation)) {
                #expect(
                    abs(Double(output) - f(Double(input))) < 2e-6 * (1 + abs(Double(input))), "\(activation) \(input)")
            }
        }
        check(.gelu) { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }
        check(.geluTanh) { 0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }
        check(.relu) { max(0, $0) }
        check(.tanh) { tanh($0) }
        check(.silu) { $0 / (1 + exp(-$0)) }
        check(.identity) { $0 }
    }

    @Test("dropout keeps the announced share, scales it, and differs between rows and keys")
    func dropoutStatistics() {
        let ones = Tensor([1000, 100], repeating: 1)
        let mask = DropoutMask(rate: 0.1, key: 42)
        let out = Kernels.dropout(ones, mask).array
        let kept = out.filter { $0 != 0 }
        #expect(kept.allSatisfy { $0 == 1 / (1 - 0.1) })
        #expect(abs(Double(kept.count) / 100_000 - 0.9) < 0.005)
        #expect(Kernels.dropout(ones, mask).array == out)
        #expect(Kernels.dropout(ones, DropoutMask(rate: 0.1, key: 43)).array != out)
        let rows = (0..<1000).map { Array(out[$0 * 100..<$0 * 100 + 100]) }
        #expect(Set(rows).count == 1000)
    }

    @Test("attention is softmax(q kᵀ) v over the prefix and the sequence's own keys")
    func attentionForward() {
        let attention = Attention(queryOffsets: [0, 3, 8], keyOffsets: [0, 3, 8], heads: 2, headSize: 3, scale: 0.5)
        let (q, k, v) = (random([8, 6], "q"), random([8, 6], "k"), random([8, 6], "v"))
        let (pk, pv) = (random([4, 6], "pk"), random([4, 6], "pv"))
        let inputs = Attention.Inputs(query: q, key: k, value: v, prefixKey: pk, prefixValue: pv)
        var expected = [Float](repeating: 0, count: 48)
        for (start, end) in [(0, 3), (3, 8)] {
            for head in 0..<2 {
                for row in start..<end {
                    let columns = head * 3..<head * 3 + 3
                    let keys =
                        (0..<4).map { p in (pk.rows(p..<p + 1), pv.rows(p..<p + 1)) }
                        + (start..<end).map { t in (k.rows(t..<t + 1), v.rows(t..<t + 1)) }
                    let weights = keys.map { key, _ in
                        exp(Double(columns.reduce(Float(0)) { $0 + q[row, $1] * key[0, $1] } * 0.5))
                    }
                    let sum = weights.reduce(0, +)
                    for column in columns {
                        expected[row * 6 + column] = Float(
                            zip(weights, keys).reduce(0) { $0 + $1.0 / sum * Double($1.1.1[0, column]) })
                    }
                }
            }
        }
        expectClose(Kernels.attention(attention, inputs).output.float32, Tensor([8, 6], expected))
    }

    @Test("long sequences, cut into blocks of queries, give what short blocks give")
    func attentionBlocks() {
        let length = 300
        let (q, k, v) = (random([length, 4], "q"), random([length, 4], "k"), random([length, 4], "v"))
        func run(_ queries: Range<Int>) -> Tensor {
            let attention = Attention(
                queryOffsets: [0, queries.count], keyOffsets: [0, length], heads: 1, headSize: 4, scale: 1)
            return Kernels.attention(attention, .init(query: q.rows(queries), key: k, value: v)).output.float32
        }
        let whole = run(0..<length)
        expectClose(Kernels.concatenate([run(0..<50), run(50..<length)]), whole, 1e-5)
    }

    @Test("the number of threads changes no bit", arguments: [2, 3, 8])
    func threadsChangeNothing(threads: Int) {
        func run() -> [Tensor] {
            let (x, w) = (random([700, 48], "x"), random([160, 48], "w"))
            let y = Kernels.linear(x, w, bias: random([160], "b"), activation: .gelu, keepsInput: true)
            let attention = Attention(
                queryOffsets: [0, 150, 700], keyOffsets: [0, 150, 700], heads: 4, headSize: 12, scale: 0.3,
                dropout: DropoutMask(rate: 0.1, key: 1), prefixDropout: DropoutMask(rate: 0.1, key: 2))
            let inputs = Attention.Inputs(
                query: x, key: random([700, 48], "k"), value: random([700, 48], "v"), prefixKey: random([9, 48], "pk"),
                prefixValue: random([9, 48], "pv"))
            let (out, lse) = Kernels.attention(attention, inputs)
            let back = Kernels.attentionBackward(
                attention, inputs, output: out, lse: lse, dy: .float32(x),
                wanted: .init(query: true, key: true, value: true, prefix: true))
            return [
                y.output, Kernels.product(y.output, w), Kernels.product(transposed: y.output, x), Kernels.columnSums(x),
                out.float32, lse, Tensor([], [Float(Kernels.sumOfSquares(x))]),
            ]
                + [back.query?.float32, back.key?.float32, back.value?.float32, back.prefixKey, back.prefixValue]
                .compactMap {
                    $0
                }
        }
        let one = Parallel.$threadCount.withValue(1) { run() }
        #expect(Parallel.$threadCount.withValue(threads) { run() } == one)
    }

    @Test("the chunked vocabulary loss equals the loss over all logits at once")
    func vocabularyChunks() throws {
        let rows = 600
        let (x, w) = (random([rows, 4], "x"), random([11, 4], "w"))
        let targets = (0..<rows).map { Int32($0 * 7 % 11) }
        let result = Kernels.vocabularyCrossEntropy(
            x, weight: w, bias: nil, targets: targets, wantsInput: true, wantsWeight: true)
        let logits = Kernels.product(x, transposed: w)
        let loss =
            (0..<rows).reduce(0.0) { sum, row in
                let values = (0..<11).map { Double(logits[row, $0]) }
                return sum + log(values.map(exp).reduce(0, +)) - values[Int(targets[row])]
            } / Double(rows)
        #expect(abs(Double(result.loss) - loss) < 1e-5)
        #expect(try #require(result.dx).shape == [rows, 4])
        #expect(try #require(result.dweight).shape == [11, 4])
    }
}
