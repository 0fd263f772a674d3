import Autograd
import Tensors
import Testing

@Suite("Attention of a decoder")
struct CausalAttentionTests {
    /// Longer than two blocks of queries, so that blocks see different numbers of keys.
    private let length = 2 * Attention.queryBlock + 17

    private func random(_ name: String, rows: Int) -> Variable {
        var stream = RandomStream(seed: 3, path: name)
        return Variable(
            parameter: Tensor([rows, 6], (0..<rows * 6).map { _ in Float(stream.normal()) }), isTrained: true)
    }

    @Test("a token sees what it would see if the sequence ended with it, forward and backward", arguments: [0, 5])
    func endsWithIt(prefix: Int) throws {
        func inputs() -> [Variable] {
            ["query", "key", "value"].map { random($0, rows: length) }
                + (prefix > 0 ? ["prefix key", "prefix value"].map { random($0, rows: prefix) } : [])
        }
        func attend(_ x: [Variable], queries: Int, keys: Int, limits: [Int32]?) -> Variable {
            attention(
                query: x[0], key: x[1], value: x[2],
                prefix: prefix > 0 ? KeyValuePrefix(key: x[3], value: x[4]) : nil,
                layout: Attention(
                    queryOffsets: [0, queries], keyOffsets: [0, keys], keyLimits: limits, heads: 2, headSize: 3,
                    scale: 0.6))
        }
        let whole = inputs()
        let y = attend(whole, queries: length, keys: length, limits: (1...Int32(length)).map { $0 })
        let weights = random("weights", rows: length).value
        sum(y, weights).backward()

        let parts = inputs()
        let rows = (0..<length).map { last in
            let seen = (0...Int32(last)).map { $0 }
            let own = [gather(parts[0], [Int32(last)]), gather(parts[1], seen), gather(parts[2], seen)]
            return attend(own + parts[3...], queries: 1, keys: last + 1, limits: nil)
        }
        let expected = concatenateRows(rows)
        sum(expected, weights).backward()
        expectClose(y.value, expected.value)
        for (one, other) in zip(whole, parts) {
            expectClose(try #require(one.gradient), try #require(other.gradient))
        }
    }

    /// The sum of `y * weights`.
    private func sum(_ y: Variable, _ weights: Tensor) -> Variable {
        let total = zip(y.value.array, weights.array).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        let slot = y.slot
        return Variable(Tensor([], [total]), from: [y]) { dy in slot.add(Kernels.scale(weights, by: dy[0, 0])) }
    }

    private func expectClose(_ a: Tensor, _ b: Tensor) {
        #expect(zip(a.array, b.array).allSatisfy { abs($0 - $1) <= 1e-4 * (1 + abs($1)) })
    }
}
