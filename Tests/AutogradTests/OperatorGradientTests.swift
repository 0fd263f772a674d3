import Autograd
import Tensors
import Testing

/// One operator, with inputs whose every axis has a length of its own.
struct OperatorCase: Sendable, CustomTestStringConvertible {
    let name: String
    let shapes: [Shape]
    let function: @Sendable ([Variable]) -> Variable

    init(_ name: String, _ shapes: [Shape], _ function: @escaping @Sendable ([Variable]) -> Variable) {
        self.name = name
        self.shapes = shapes
        self.function = function
    }

    var testDescription: String { name }

    var inputs: [Tensor] {
        shapes.enumerated().map { index, shape in
            var stream = RandomStream(seed: 7, path: "\(name) \(index)")
            return Tensor(shape, (0..<shape.count).map { _ in Float(stream.normal()) })
        }
    }
}

private let mask = DropoutMask(rate: 0.3, key: 99)

/// Two sequences of 3 and 5 tokens, 2 heads of 3.
private func layout(
    queries: [Int] = [0, 3, 8], limits: [Int32]? = nil, dropout: DropoutMask? = nil, prefixDropout: DropoutMask? = nil
) -> Attention {
    Attention(
        queryOffsets: queries, keyOffsets: [0, 3, 8], keyLimits: limits, heads: 2, headSize: 3, scale: 0.7,
        dropout: dropout,
        prefixDropout: prefixDropout)
}

/// The same with two query heads for each of two heads of keys and values.
private func grouped(limits: [Int32]? = nil, slopes: [Float]? = nil, prefixDropout: DropoutMask? = nil) -> Attention {
    Attention(
        queryOffsets: [0, 3, 8], keyOffsets: [0, 3, 8], keyLimits: limits, heads: 4, keyValueHeads: 2, headSize: 3,
        scale: 0.7, slopes: slopes, dropout: mask, prefixDropout: prefixDropout)
}

private let causal: [Int32] = [1, 2, 3, 1, 2, 3, 4, 5]

/// The same with a bias for each distance, behind a prefix of four.
private func distant(limits: [Int32]?) -> Attention {
    Attention(
        queryOffsets: [0, 3, 8], keyOffsets: [0, 3, 8], keyLimits: limits, heads: 2, headSize: 3, scale: 1,
        distances: Attention.Distances(places: [4, 5, 6, 4, 5, 6, 7, 8], origin: 8), dropout: mask)
}

/// Of the distances from -8 to 8.
private let buckets: [Int32] = [4, 4, 4, 4, 3, 3, 2, 1, 0, 1, 1, 2, 2, 3, 3, 4, 4]

private func activationCase(_ activation: Activation) -> OperatorCase {
    OperatorCase("linear \(activation)", [[4, 3], [5, 3], [5]]) {
        linear($0[0], weight: $0[1], bias: $0[2], activation: activation)
    }
}

private func gateCase(_ activation: Activation) -> OperatorCase {
    OperatorCase("gated \(activation)", [[4, 3], [4, 3]]) { gatedActivation(activation, gate: $0[0], $0[1]) }
}

let operatorCases: [OperatorCase] = [
    activationCase(.identity), activationCase(.gelu), activationCase(.geluTanh), activationCase(.tanh),
    activationCase(.silu), activationCase(.sigmoid),
    OperatorCase("linear, stored transposed", [[4, 3], [3, 5], [5]]) {
        linear($0[0], weight: $0[1], layout: .inputsFirst, bias: $0[2], activation: .tanh)
    },
    OperatorCase("multiply", [[4, 3], [4, 3]]) { $0[0] * $0[1] },
    OperatorCase("scaled", [[4, 3]]) { $0[0].scaled(by: -0.3) },
    OperatorCase("scale columns", [[4, 3], [3]]) { scaleColumns($0[0], by: $0[1]) },
    OperatorCase("low rank", [[4, 3], [2, 3], [5, 2], [4, 5]]) {
        lowRank($0[0], down: $0[1], up: $0[2], scale: 0.7, dropout: nil, addedTo: $0[3])
    },
    OperatorCase("low rank, dropout", [[4, 3], [2, 3], [5, 2], [4, 5]]) {
        lowRank($0[0], down: $0[1], up: $0[2], scale: 0.7, dropout: mask, addedTo: $0[3])
    },
    OperatorCase("low rank, twice on one input", [[4, 3], [2, 3], [3, 2]]) {
        let once = lowRank($0[0], down: $0[1], up: $0[2], scale: 0.7, dropout: mask, addedTo: $0[0])
        return lowRank($0[0], down: $0[1], up: $0[2], scale: -0.4, dropout: nil, addedTo: once)
    },
    OperatorCase("magnitude", [[4, 3], [3], [3]]) {
        withMagnitude($0[0], bias: $0[1], magnitude: $0[2], norm: Tensor([3], [0.8, 1.4, 2]))
    },
    OperatorCase("scale rows", [[4, 3], [4, 1]]) { scaleRows($0[0], by: $0[1]) },
    OperatorCase("orthogonality of rows", [[3, 5]]) { orthogonality($0[0], of: .rows) },
    OperatorCase("orthogonality of columns", [[5, 3]]) { orthogonality($0[0], of: .columns) },
    OperatorCase("activation", [[4, 3]]) { activation(.tanh, $0[0]) },
    OperatorCase("gather words and virtual tokens", [[5, 3], [2, 3]]) {
        gather($0[0], prompt: $0[1], [4, -1, 0, -2, 4, -1])
    },
    OperatorCase("gated", [[4, 3], [1]]) { $0[0].gated(by: $0[1]) },
    OperatorCase("reshaped", [[1, 4, 3]]) { activation(.tanh, $0[0].reshaped([2, 6])) },
    OperatorCase("lstm", [[5, 12], [12, 3]]) { lstm($0[0], weight: $0[1]) },
    OperatorCase("lstm, reversed", [[5, 12], [12, 3]]) { lstm($0[0], weight: $0[1], isReversed: true) },
    OperatorCase("lstm of one step", [[1, 12], [12, 3]]) { lstm($0[0], weight: $0[1]) },
    OperatorCase("concatenate rows", [[4, 3], [2, 3]]) { concatenateRows([$0[0], $0[1], $0[0]]) },
    OperatorCase("concatenate columns", [[4, 3], [4, 2]]) { concatenateColumns([$0[0], $0[1]]) },
    OperatorCase("category cross entropy", [[4, 3]]) { categoryCrossEntropy($0[0], targets: [2, 0, 1, 1]) },
    OperatorCase("flag cross entropy", [[2, 3]]) { flagCrossEntropy($0[0], targets: [1, 0, 1, 1, 0.5, 0]) },
    OperatorCase("mean squared error", [[3, 1]]) { meanSquaredError($0[0], targets: [0.5, -2, 1]) },
    OperatorCase("attention, each sees those before it", [[8, 6], [8, 6], [8, 6], [4, 6], [4, 6]]) {
        attention(
            query: $0[0], key: $0[1], value: $0[2], prefix: KeyValuePrefix(key: $0[3], value: $0[4]),
            layout: layout(limits: [1, 2, 3, 1, 2, 3, 4, 5], dropout: mask))
    },
    OperatorCase("attention, the last sees all", [[3, 6], [8, 6], [8, 6]]) {
        attention(
            query: $0[0], key: $0[1], value: $0[2], prefix: nil, layout: layout(queries: [0, 1, 3], limits: [2, 3, 5]))
    },
    OperatorCase("attention, heads that share keys", [[8, 12], [8, 6], [8, 6], [4, 6], [4, 6]]) {
        attention(
            query: $0[0], key: $0[1], value: $0[2], prefix: KeyValuePrefix(key: $0[3], value: $0[4]),
            layout: grouped(prefixDropout: DropoutMask(rate: 0.4, key: 5)))
    },
    OperatorCase("attention, heads that share keys and see those before them", [[8, 12], [8, 6], [8, 6]]) {
        attention(query: $0[0], key: $0[1], value: $0[2], prefix: nil, layout: grouped(limits: causal))
    },
    OperatorCase("attention, slopes", [[8, 12], [8, 6], [8, 6], [4, 6], [4, 6]]) {
        attention(
            query: $0[0], key: $0[1], value: $0[2], prefix: KeyValuePrefix(key: $0[3], value: $0[4]),
            layout: grouped(limits: causal, slopes: [0.5, 0.25, 0, 1]))
    },
    OperatorCase("attention, distances", [[8, 6], [8, 6], [8, 6], [4, 6], [4, 6], [5, 2]]) {
        attention(
            query: $0[0], key: $0[1], value: $0[2], prefix: KeyValuePrefix(key: $0[3], value: $0[4]),
            bias: distanceBias($0[5], buckets), layout: distant(limits: nil))
    },
    OperatorCase("attention, distances to those before", [[8, 6], [8, 6], [8, 6], [4, 6], [4, 6], [5, 2]]) {
        attention(
            query: $0[0], key: $0[1], value: $0[2], prefix: KeyValuePrefix(key: $0[3], value: $0[4]),
            bias: distanceBias($0[5], buckets), layout: distant(limits: causal))
    },
    OperatorCase("distance bias", [[5, 3]]) { distanceBias($0[0], [4, 0, 4, 2]) },
    OperatorCase("linear without bias", [[4, 3], [5, 3]]) { linear($0[0], weight: $0[1], bias: nil) },
    OperatorCase("add", [[4, 3], [4, 3]]) { $0[0] + $0[1] },
    OperatorCase("add to itself", [[4, 3]]) { $0[0] + $0[0] },
    OperatorCase("dropout", [[4, 7]]) { dropout($0[0], mask) },
    OperatorCase("layer norm", [[4, 7], [7], [7]]) { layerNorm($0[0], weight: $0[1], bias: $0[2], epsilon: 1e-5) },
    OperatorCase("layer norm, residual, dropout", [[4, 7], [4, 7], [7], [7]]) {
        layerNorm($0[0], residual: $0[1], dropout: mask, weight: $0[2], bias: $0[3], epsilon: 1e-5)
    },
    OperatorCase("rms norm", [[4, 7], [7]]) { rmsNorm($0[0], weight: $0[1], epsilon: 1e-5) },
    OperatorCase("rotated", [[5, 12]]) {
        rotated($0[0], by: RotaryAngles(positions: [4, 0, 7, 1, 4], frequencies: [1, 0.3], magnitude: 1.2))
    },
    OperatorCase("rotated, of a result that is read twice", [[2, 4]]) {
        let twice = $0[0].scaled(by: 2)
        return rotated(twice, by: RotaryAngles(positions: [1, 3], frequencies: [1, 0.3])) + twice
    },
    gateCase(.silu), gateCase(.gelu), gateCase(.geluTanh), gateCase(.tanh), gateCase(.sigmoid), gateCase(.identity),
    OperatorCase("gather", [[5, 3]]) { gather($0[0], [4, 0, 4, 2]) },
    OperatorCase("columns", [[5, 7]]) { columns($0[0], 2..<5) },
    OperatorCase("columns of every group", [[5, 12]]) { columns($0[0], 1..<3, ofEvery: 4) },
    OperatorCase("attention", [[8, 6], [8, 6], [8, 6]]) {
        attention(query: $0[0], key: $0[1], value: $0[2], prefix: nil, layout: layout())
    },
    OperatorCase("attention, prefix", [[8, 6], [8, 6], [8, 6], [4, 6], [4, 6]]) {
        attention(
            query: $0[0], key: $0[1], value: $0[2], prefix: KeyValuePrefix(key: $0[3], value: $0[4]), layout: layout())
    },
    OperatorCase("attention, prefix, dropout on both", [[8, 6], [8, 6], [8, 6], [4, 6], [4, 6]]) {
        attention(
            query: $0[0], key: $0[1], value: $0[2], prefix: KeyValuePrefix(key: $0[3], value: $0[4]),
            layout: layout(dropout: mask, prefixDropout: DropoutMask(rate: 0.4, key: 5)))
    },
    OperatorCase("attention, one query per sequence", [[2, 6], [8, 6], [8, 6], [4, 6], [4, 6]]) {
        attention(
            query: $0[0], key: $0[1], value: $0[2], prefix: KeyValuePrefix(key: $0[3], value: $0[4]),
            layout: layout(queries: [0, 1, 2]))
    },
    OperatorCase("position cross entropy", [[8, 2]]) {
        positionCrossEntropy($0[0], offsets: [0, 3, 8], targets: [[0, 2], [4, 1]])
    },
    OperatorCase("vocabulary cross entropy", [[4, 3], [7, 3], [7]]) {
        vocabularyCrossEntropy($0[0], weight: $0[1], bias: $0[2], targets: [6, 0, 3, 3])
    },
]

@Suite("Every operator's gradient is the slope of its value")
struct OperatorGradientTests {
    @Test("against central differences", arguments: operatorCases)
    func matchesCentralDifferences(_ test: OperatorCase) {
        for (index, error) in GradientCheck.errors(test.inputs, test.function).enumerated() {
            #expect(error < 5e-3, "input \(index) of \(test.name)")
        }
    }

    @Test("an input that is not trained gets none, and changes no other", arguments: operatorCases)
    func frozenInputsAreFree(_ test: OperatorCase) throws {
        let all = test.inputs.map { Variable(parameter: $0, isTrained: true) }
        total(test.function(all)).backward()
        for frozen in test.inputs.indices where test.inputs.count > 1 {
            let some = test.inputs.enumerated().map { Variable(parameter: $0.element, isTrained: $0.offset != frozen) }
            total(test.function(some)).backward()
            #expect(some[frozen].gradient == nil)
            for index in some.indices where index != frozen {
                let (gradient, expected) = (try #require(some[index].gradient), try #require(all[index].gradient))
                #expect(zip(gradient.array, expected.array).allSatisfy { abs($0 - $1) <= 1e-5 * (1 + abs($1)) })
            }
        }
    }

    @Test("a second backward adds to the first, scaled by its factor")
    func gradientsAddUp() throws {
        let x = Variable(parameter: Tensor([2, 2], [1, 2, 3, 4]), isTrained: true)
        total(columns(x, 0..<2)).backward()
        total(columns(x, 0..<1)).backward(factor: 0.5)
        #expect(try #require(x.gradient).array == [1.5, 1, 1.5, 1])
    }

    @Test("what no trained parameter reaches is a constant that keeps nothing")
    func constantsAreNotRecorded() {
        let x = Variable(Tensor([2, 3], repeating: 1))
        let y = linear(x, weight: Variable(Tensor([4, 3], repeating: 1)), bias: nil, activation: .gelu)
        #expect(!y.requiresGradient)
        #expect(y.slot.origin == nil)
    }

    @Test("nothing is recorded while recording is off, and the values are the same", arguments: operatorCases)
    func recordingOff(_ test: OperatorCase) {
        let inputs = test.inputs.map { Variable(parameter: $0, isTrained: true) }
        let silent = GradientRecording.off { test.function(inputs) }
        #expect(!silent.requiresGradient && silent.slot.origin == nil)
        #expect(silent.value == test.function(inputs).value)
    }

    /// The sum of all elements.
    private func total(_ y: Variable) -> Variable {
        let (slot, shape) = (y.slot, y.shape)
        return Variable(Tensor([], [y.value.array.reduce(0, +)]), from: [y]) { dy in
            slot.add(Tensor(shape, repeating: dy[0, 0]))
        }
    }
}
