import Tensors
import Testing

@testable import Autograd

@Suite("A part of a computation that is made again in backward")
struct CheckpointedTests {
    private let weight = Variable(parameter: Tensor([3, 2], [1, -2, 3, 4, -5, 6]), isTrained: true)
    private let shift = Variable(parameter: Tensor([2, 3], [7, 1, 2, -3, 4, 5]), isTrained: true)

    /// Stands for what an operator saves for backward.
    private final class Saved {}

    @Test("keeps nothing of what it computes inside")
    func keepsNothing() {
        weak var latest: Saved?
        var calls = 0
        func saving(_ x: Variable) -> Variable {
            let (saved, slot) = (Saved(), x.slot)
            (latest, calls) = (saved, calls + 1)
            return Variable(x.value, from: [x]) { dy in
                withExtendedLifetime(saved) { slot.add(dy) }
            }
        }
        let kept = saving(weight)
        #expect(latest != nil)
        let x = Variable(Tensor([2, 2], [1, 2, 3, 4]))
        let y = checkpointed(x) { saving(linear($0, weight: weight, bias: nil)) }
        #expect(latest == nil && calls == 2 && y.requiresGradient)
        meanSquaredError(y.reshaped([6, 1]), targets: [0, 1, 0, 1, 0, 1]).backward()
        #expect(calls == 3 && weight.gradient != nil)
        _ = kept
    }

    @Test("adds to each slot outside once, whatever was made outside and wherever it is read again")
    func outside() {
        func gradients(_ part: (Variable, @escaping (Variable) -> Variable) -> Variable) -> [Tensor?] {
            (weight.gradient, shift.gradient) = (nil, nil)
            // Made outside, and read in two parts and behind them.
            let shared = activation(.tanh, shift)
            var x = Variable(Tensor([2, 2], [1, 2, 3, 4]))
            for _ in 0..<2 {
                x = part(x) { columns(activation(.gelu, linear($0, weight: weight, bias: nil) + shared), 0..<2) }
            }
            let y = concatenateColumns([x, shared])
            meanSquaredError(y.reshaped([10, 1]), targets: (0..<10).map { Float($0) }).backward()
            return [weight.gradient, shift.gradient]
        }
        let recorded = gradients { $1($0) }
        #expect(recorded.allSatisfy { $0 != nil })
        #expect(gradients(checkpointed) == recorded)
    }

    @Test("is a constant where nothing in it or below is trained, and what it was given where it does nothing")
    func constants() {
        let x = Variable(Tensor([1, 2], [1, 2]))
        #expect(!checkpointed(x) { $0 + $0 }.requiresGradient)
        #expect(checkpointed(weight) { $0 } === weight)
        #expect(!GradientRecording.off { checkpointed(weight) { $0 + $0 } }.slot.isWanted)
    }
}
