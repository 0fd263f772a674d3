import Testing

@testable import Tensors

@Suite("A computation that is gone through without being computed")
struct RehearsalTests {
    @Test("counts the most that was held at one time, holes between blocks included")
    func counts() {
        let (rehearsal, unit) = (Rehearsal(), 1 << 20)
        func hold(_ units: [Int]) {
            rehearsal.run {
                let tensors = units.map { Tensor.zeros([$0 * unit / 4]) }
                withExtendedLifetime(tensors) {}
            }
        }
        hold([1, 1])
        #expect(rehearsal.heapBytes == 2 * unit)
        hold([2])
        #expect(rehearsal.heapBytes == 2 * unit && rehearsal.growthCount == 2)
        hold([1, 2, 3])
        #expect(rehearsal.heapBytes == 6 * unit && rehearsal.growthCount == 4 && rehearsal.otherBytes == 0)
        rehearsal.run { _ = Tensor.zeros([100]) }
        #expect(rehearsal.heapBytes == 6 * unit && rehearsal.otherBytes == 400 && rehearsal.mappedBytes == 0)
    }

    @Test("counts what stays apart from what comes and goes, and gives it addresses too")
    func lasting() {
        let (rehearsal, unit) = (Rehearsal(), 1 << 20)
        let kept = rehearsal.run { Storage(count: unit, isLasting: true) }
        rehearsal.run { _ = Tensor.zeros([unit]) }
        #expect(rehearsal.heapBytes == 4 * unit && rehearsal.otherBytes == 4 * unit)
        #expect(unsafe kept.base[unit - 1] == 0)
        rehearsal.run { withExtendedLifetime(Storage(count: unit, isLasting: true)) {} }
        #expect(rehearsal.otherBytes == 8 * unit)
        rehearsal.run { withExtendedLifetime(Storage(count: unit, isLasting: true)) {} }
        #expect(rehearsal.otherBytes == 8 * unit, "what was freed is counted no longer")
    }

    @Test("does no product and writes nothing, and what is read is zero")
    func computesNothing() {
        let one = Tensor([300, 400], repeating: 1)
        let rehearsal = Rehearsal()
        let product = rehearsal.run {
            var sum: Tensor?
            let done = Kernels.productOperations {
                sum = Kernels.add(Kernels.product(one, transposed: one.copy()), .init([300, 300], repeating: 3))
            }
            #expect(done == 0)
            return sum
        }
        #expect(product?.shape == [300, 300])
        #expect(product?.array.allSatisfy { $0 == 0 } == true)
        #expect(Kernels.product(one, transposed: one)[0, 0] == 400)
    }
}
