import Foundation
import Tensors
import Testing

@Suite("Tensors and random streams")
struct TensorTests {
    @Test("a tensor is a value: changing a copy changes no other")
    func valueSemantics() {
        let a = Tensor([2, 2], [1, 2, 3, 4])
        var b = a
        var rows = a.rows(1..<2)
        b.withMutableSpan { $0[0] = 9 }
        rows.withMutableSpan { $0[0] = 7 }
        #expect(a.array == [1, 2, 3, 4])
        #expect(b.array == [9, 2, 3, 4])
        #expect(rows.array == [7, 4])
    }

    @Test("gather and scatter, columns and spread are each other's transpose")
    func rowAndColumnMoves() {
        let table = Tensor([3, 2], [1, 2, 3, 4, 5, 6])
        #expect(Kernels.gather(table, [2, 0]).array == [5, 6, 1, 2])
        #expect(Kernels.scatter(Tensor([2, 2], [1, 1, 2, 2]), [2, 2], into: [3, 2]).array == [0, 0, 0, 0, 3, 3])
        #expect(Kernels.columns(table, 1..<2).array == [2, 4, 6])
        #expect(Kernels.spread(Tensor([3, 1], [1, 2, 3]), first: 1, into: [3, 2]).array == [0, 1, 0, 2, 0, 3])
    }

    @Test("streams of different paths or seeds differ; the same one repeats")
    func streams() {
        func first(_ seed: UInt64, _ path: String) -> [UInt64] {
            var stream = RandomStream(seed: seed, path: path)
            return (0..<4).map { _ in stream.next() }
        }
        #expect(first(1, "a") == first(1, "a"))
        #expect(Set([first(1, "a"), first(2, "a"), first(1, "b")]).count == 3)
    }

    @Test("normal deviates have mean 0 and deviation 1")
    func normal() {
        var stream = RandomStream(seed: 5, path: "normal")
        let values = (0..<100_000).map { _ in stream.normal() }
        let mean = values.reduce(0, +) / 100_000
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        #expect(abs(mean) < 0.02)
        #expect(abs(variance - 1) < 0.02)
    }

    @Test("AdamW moves a parameter by the learning rate at first, and decays it")
    func adamW() {
        var (p, m, v) = (Tensor([2], [1, -1]), Tensor.zeros([2]), Tensor.zeros([2]))
        Kernels.adamW(
            .init(
                learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.5, step: 1, gradientScale: 1),
            gradient: Tensor([2], [3, -0.2]), parameter: &p, mean: &m, variance: &v)
        let expected: [Float] = [0.85, -0.85]
        #expect(zip(p.array, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }
}
