import Tensors
import Testing

@Suite("The heap of large tensors")
struct TensorHeapTests {
    @Test("blocks never overlap, and what is given back in any order is one hole again")
    func blocks() throws {
        var holes = TensorHeap.Holes(size: 10_000)
        var stream = RandomStream(seed: 4, path: "heap")
        var blocks: [Range<Int>] = []
        func giveBack(_ block: Range<Int>) {
            let isOurs = holes.give(block.lowerBound, block.count)
            #expect(isOurs)
        }
        for _ in 0..<2_000 {
            let size = 64 * (1 + Int(stream.next() % 8))
            if stream.uniform() < 0.55, let start = holes.take(size) {
                blocks.append(start..<start + size)
            } else if !blocks.isEmpty {
                giveBack(blocks.remove(at: Int(stream.next() % UInt64(blocks.count))))
            }
            let all = (blocks + holes.ranges).sorted { $0.lowerBound < $1.lowerBound }
            #expect(all.first?.lowerBound == 0 && all.last?.upperBound == 10_000)
            #expect(zip(all, all.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
        }
        blocks.forEach(giveBack)
        #expect(holes.ranges == [0..<10_000])
    }

    @Test("the lowest hole that fits is taken, and none that is too small")
    func lowestFirst() {
        var holes = TensorHeap.Holes(size: 100)
        var taken = [holes.take(40), holes.take(40)]
        let isOurs = holes.give(0, 40)
        taken += [holes.take(30), holes.take(15), holes.take(11)]
        #expect(isOurs)
        #expect(taken == [0, 40, 0, 80, nil])
        let isForeign = !holes.give(100, 1)
        #expect(isForeign)
    }

    @Test("large tensors keep their values while others come and go")
    func values() {
        let kept = (0..<20).map { Tensor([100, 1000], repeating: Float($0)) }
        for round in 0..<50 { _ = Tensor([100 + round * 7, 1000], repeating: -1) }
        for (index, tensor) in kept.enumerated() {
            #expect(tensor.array.allSatisfy { $0 == Float(index) })
        }
    }
}
