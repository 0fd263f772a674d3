import Testing

@testable import Autograd
@testable import Tensors

@Suite("Gradients between operators in bfloat16")
struct HalfGradientTests {
    private let input = Variable(parameter: numbers([40, 24], 1), isTrained: true)

    /// Small numbers that look like noise.
    private static func numbers(_ shape: Shape, _ seed: Int) -> Tensor {
        Tensor(shape, (0..<shape.count).map { Float(($0 * 7919 + seed * 104_729) % 1009) / 1009 - 0.5 })
    }

    /// A frozen map `[24, 24]`.
    private func weight(_ seed: Int, isPacked: Bool) -> Variable {
        let matrix = Self.numbers([24, 24], seed)
        return Variable(parameter: matrix, isTrained: false, packed: isPacked ? PackedMatrix(matrix) : nil)
    }

    /// The gradient of the input through some maps.
    private func gradient(isPacked: Bool, _ network: (Variable, (Int) -> Variable) -> Variable) throws -> Tensor {
        input.gradient = nil
        let y = network(input) { weight($0, isPacked: isPacked) }
        meanSquaredError(y.reshaped([y.shape.count, 1]), targets: [Float](repeating: 1, count: y.shape.count))
            .backward()
        return try #require(input.gradient)
    }

    private func expectNear(_ network: (Variable, (Int) -> Variable) -> Variable) throws {
        let (narrow, wide) = (try gradient(isPacked: true, network), try gradient(isPacked: false, network))
        let gap = Kernels.sumOfSquares(Kernels.add(narrow, Kernels.scale(wide, by: -1)))
        #expect(gap > 0 && gap < 2e-4 * Kernels.sumOfSquares(wide))
    }

    @Test("a map hands one to the map before it, through an activation too", arguments: [Activation.identity, .gelu])
    func chain(activation: Activation) throws {
        try expectNear { x, weight in
            let hidden = linear(x, weight: weight(2), bias: nil, activation: activation)
            return linear(linear(hidden, weight: weight(3), bias: nil), weight: weight(4), bias: nil)
        }
    }

    @Test("what two readers send back to one map is summed")
    func twoReaders() throws {
        try expectNear { x, weight in
            let shared = linear(x, weight: weight(2), bias: nil)
            return linear(shared, weight: weight(3), bias: nil) + linear(shared, weight: weight(4), bias: nil)
        }
    }

    @Test(
        "what comes in floats after one in bfloat16 is summed with it, and the other way round",
        arguments: [true, false])
    func mixed(floatsFirst: Bool) throws {
        try expectNear { x, weight in
            let shared = linear(x, weight: weight(2), bias: nil)
            let mapped = linear(shared, weight: weight(3), bias: nil)
            let scaled = shared.scaled(by: 0.5)
            return floatsFirst ? mapped + scaled : scaled + mapped
        }
    }

    private let layout = Attention(
        queryOffsets: [0, 25, 40], keyOffsets: [0, 25, 40], heads: 3, headSize: 8, scale: 0.4)

    @Test("are taken by what reads them so, once, and by nothing else")
    func takers() {
        func packed(_ x: Variable) -> Variable { linear(x, weight: weight(2, isPacked: true), bias: nil) }
        let mapped = packed(input)
        let read = Autograd.attention(query: packed(input), key: mapped, value: mapped, prefix: nil, layout: layout)
        for taker in [mapped, read, linear(mapped, weight: weight(3, isPacked: true), bias: nil, activation: .gelu)] {
            #expect(taker.slot.takesHalves)
            taker.slot.add(BFloat16Tensor(taker.value))
            #expect(!taker.slot.takesHalves)
        }
        let floats = linear(input, weight: weight(2, isPacked: false), bias: nil)
        for other in [input, floats, packed(Variable(input.value)), mapped + mapped, mapped.scaled(by: 2)] {
            #expect(!other.slot.takesHalves)
        }
    }

    @Test("attention reads one and sends three")
    func attention() throws {
        try expectNear { x, weight in
            let read = Autograd.attention(
                query: linear(x, weight: weight(2), bias: nil), key: linear(x, weight: weight(3), bias: nil),
                value: linear(x, weight: weight(4), bias: nil), prefix: nil, layout: layout)
            return linear(read, weight: weight(5), bias: nil)
        }
    }

    @Test("a part that is made again gives the same bits", arguments: [Activation.identity, .gelu])
    func checkpointedPart(last: Activation) throws {
        func network(_ x: Variable, _ weight: (Int) -> Variable, _ isKept: Bool) -> Variable {
            let (first, second) = (weight(2), weight(3))
            func part(_ x: Variable) -> Variable {
                linear(
                    linear(x, weight: first, bias: nil, activation: .gelu), weight: second, bias: nil, activation: last)
            }
            return linear(isKept ? part(x) : checkpointed(x, part), weight: weight(4), bias: nil)
        }
        let kept = try gradient(isPacked: true) { network($0, $1, true) }
        #expect(try gradient(isPacked: true) { network($0, $1, false) } == kept)
    }
}
