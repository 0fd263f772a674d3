import Foundation
import Tensors
import Testing

@Suite("Forms of attention, norms and positions")
struct AttentionFormTests {
    /// Two sequences whose tokens see those before them, behind a prefix of 4.
    private func run(
        heads: Int, keyValueHeads: Int, slopes: [Float]? = nil, _ inputs: Attention.Inputs
    ) -> (output: Tensor, gradients: Attention.Gradients) {
        let attention = Attention(
            queryOffsets: [0, 3, 8], keyOffsets: [0, 3, 8], keyLimits: [1, 2, 3, 1, 2, 3, 4, 5], heads: heads,
            keyValueHeads: keyValueHeads, headSize: 3, scale: 0.5, slopes: slopes)
        let (output, lse) = Kernels.attention(attention, inputs)
        let gradients = Kernels.attentionBackward(
            attention, inputs, output: output, lse: lse, dy: .float32(random(output.shape, "dy")),
            wanted: .init(query: true, key: true, value: true, prefix: true))
        return (output.float32, gradients)
    }

    @Test("heads that share keys and values do what they do with copies of these")
    func shared() throws {
        let query = random([8, 12], "q")
        let names = ["k", "v", "pk", "pv"]
        let own = zip(names, [8, 8, 4, 4]).map { random([$1, 6], $0) }
        // Heads 0 and 1 read the first three columns, heads 2 and 3 the others.
        let copies = own.map { x in
            Kernels.concatenateColumns([0, 0, 3, 3].map { Kernels.columns(x, $0..<$0 + 3) })
        }
        func inputs(_ x: [Tensor]) -> Attention.Inputs {
            Attention.Inputs(query: query, key: x[0], value: x[1], prefixKey: x[2], prefixValue: x[3])
        }
        let (few, many) = (
            run(heads: 4, keyValueHeads: 2, inputs(own)), run(heads: 4, keyValueHeads: 4, inputs(copies))
        )
        expectClose(few.output, many.output, 1e-6)
        expectClose(
            try #require(few.gradients.query?.float32), try #require(many.gradients.query?.float32), 1e-5)
        let gradients: [(Attention.Gradients) -> Tensor?] = [
            { $0.key?.float32 }, { $0.value?.float32 }, { $0.prefixKey }, { $0.prefixValue },
        ]
        for gradient in gradients {
            let copied = try #require(gradient(many.gradients))
            let sums = [0, 6].map {
                Kernels.add(Kernels.columns(copied, $0..<$0 + 3), Kernels.columns(copied, $0 + 3..<$0 + 6))
            }
            expectClose(try #require(gradient(few.gradients)), Kernels.concatenateColumns(sums), 1e-5)
        }
    }

    @Test("with slopes a score falls with the distance, the prefix's places included")
    func slopes() {
        let (heads, size, prefix) = (2, 3, 4)
        let slopes: [Float] = [0.5, 0.25]
        let (q, k, v) = (random([8, 6], "q"), random([8, 6], "k"), random([8, 6], "v"))
        let (pk, pv) = (random([prefix, 6], "pk"), random([prefix, 6], "pv"))
        let inputs = Attention.Inputs(query: q, key: k, value: v, prefixKey: pk, prefixValue: pv)
        let output = run(heads: heads, keyValueHeads: heads, slopes: slopes, inputs).output
        for (start, end) in [(0, 3), (3, 8)] {
            for row in start..<end {
                for head in 0..<heads {
                    let columns = head * size..<(head + 1) * size
                    let keys =
                        (0..<prefix).map { (pk.rows($0..<$0 + 1), pv.rows($0..<$0 + 1)) }
                        + (start...row).map { (k.rows($0..<$0 + 1), v.rows($0..<$0 + 1)) }
                    let weights = keys.enumerated().map { place, pair in
                        let distance = Float(keys.count - 1 - place)
                        let score = columns.reduce(Float(0)) { $0 + q[row, $1] * pair.0[0, $1] } * 0.5
                        return exp(Double(score - slopes[head] * distance))
                    }
                    let sum = weights.reduce(0, +)
                    for column in columns {
                        let expected = zip(weights, keys).reduce(0.0) { $0 + $1.0 / sum * Double($1.1.1[0, column]) }
                        #expect(abs(Double(output[row, column]) - expected) < 1e-5)
                    }
                }
            }
        }
    }

    @Test("root mean square normalisation makes the mean square one, whatever the row's size")
    func rootMeanSquare() {
        let x = random([5, 8], "x")
        let y = Kernels.rmsNorm(x, weight: Tensor([8], repeating: 1), epsilon: 0, keepsState: false).output
        let large = Kernels.rmsNorm(
            Kernels.scale(x, by: 1000), weight: Tensor([8], repeating: 1), epsilon: 0, keepsState: false
        ).output
        for row in 0..<5 {
            let squares = (0..<8).reduce(0.0) { $0 + Double(y[row, $1] * y[row, $1]) }
            #expect(abs(squares / 8 - 1) < 1e-5)
        }
        expectClose(large, y, 1e-5)
    }

    @Test("rotary positions turn nothing at place 0, and leave scores to depend on distances alone")
    func rotary() {
        func angles(_ positions: [Int32]) -> RotaryAngles {
            RotaryAngles(positions: positions, frequencies: [1, 0.4, 0.1])
        }
        let (q, k) = (random([1, 6], "q"), random([1, 6], "k"))
        expectClose(Kernels.rotate(q, angles([0])), q, 1e-7)
        func score(_ query: Int32, _ key: Int32) -> Float {
            Kernels.rowDots(Kernels.rotate(q, angles([query])), Kernels.rotate(k, angles([key]))).array[0]
        }
        #expect(abs(score(5, 2) - score(103, 100)) < 1e-4)
        #expect(abs(score(5, 2) - score(5, 3)) > 1e-2)
        let turned = Kernels.rotate(q, angles([7]))
        expectClose(Kernels.rotate(turned, angles([7]), isInverse: true), q, 1e-6)
        // Rows are turned by their own places, wherever the table starts.
        let rows = Kernels.concatenate([q, q])
        expectClose(Kernels.rotate(rows, angles([9, 7]).rows([0, 1])).rows(1..<2), turned, 1e-6)
        expectClose(Kernels.rotate(q, angles([9, 7]).rows([1])), turned, 1e-6)
    }
}
