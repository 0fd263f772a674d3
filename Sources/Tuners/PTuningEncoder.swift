import Autograd
import NN
import Tensors

/// The network that makes the embeddings of virtual tokens in P-tuning (see `PTuning`), with PEFT's names.
struct PTuningEncoder {
    private let embedding: Parameter
    /// Layers of the memory, lowest first; empty where there is none.
    private let memory: [BidirectionalLSTM]
    /// The maps behind it, ReLU between them.
    private let maps: [Linear]
    private let dropout: Float

    /// Declares its parameters.
    ///
    /// - Parameters:
    ///   - length: the number of virtual tokens.
    ///   - hidden: the width of embeddings.
    ///   - inner: the width in between, in a memory that of each direction.
    ///   - layers: of a memory; 0 for a network of three maps.
    ///   - dropout: the share of elements dropped between the memory's layers.
    init(
        _ scope: ParameterScope, length: Int, hidden: Int, inner: Int, layers: Int, dropout: Float
    ) throws(CheckpointError) {
        embedding = try scope["embedding"].parameter("weight", [length, hidden], .normal(deviation: 1))
        var memory: [BidirectionalLSTM] = []
        for layer in 0..<layers {
            memory.append(
                try BidirectionalLSTM(
                    scope["lstm_head"], layer: layer, inputs: layer == 0 ? hidden : 2 * inner, cells: inner))
        }
        self.memory = memory
        let widths = layers > 0 ? [2 * inner, 2 * inner, hidden] : [hidden, inner, inner, hidden]
        var maps: [Linear] = []
        for (index, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
            // An activation stands between two maps.
            let place = scope["mlp_head"][2 * index]
            maps.append(try Linear(place, inputs: inputs, outputs: outputs, deviation: nil))
        }
        self.maps = maps
        self.dropout = dropout
    }

    /// The embeddings of the virtual tokens: `[prompt, hidden]`
    func callAsFunction(_ pass: ForwardPass) -> Variable {
        var x = embedding.variable
        for (index, layer) in memory.enumerated() {
            x = layer(x)
            let isLast = index == memory.count - 1
            if !isLast { x = Autograd.dropout(x, pass.dropout(dropout, at: layer.path)) }
        }
        for (index, map) in maps.enumerated() { x = map(x, activation: index == maps.count - 1 ? .identity : .relu) }
        return x
    }

    /// Operations of its products in a pass. Backward has for each the gradients of both factors.
    var products: AddedProducts {
        let rows = embedding.shape.rows
        let forward =
            maps.reduce(0) { $0 + rows * $1.site.operationsPerRow }
            + memory.reduce(0) { $0 + $1.operations(steps: rows) }
        return AddedProducts(perPass: .init(forward: forward, backward: 2 * forward))
    }
}

/// One layer of a memory that reads the steps of a sequence in both directions, with PyTorch's names and starts.
struct BidirectionalLSTM {
    /// The layer's name, under which its dropout is drawn.
    let path: String
    private let directions: [Direction]

    /// The parameters of one direction.
    private struct Direction {
        /// `[4 * cells, inputs]`
        let inputWeight: Parameter
        /// `[4 * cells, cells]`
        let weight: Parameter
        /// Both `[4 * cells]`; they are added up.
        let inputBias: Parameter, bias: Parameter
    }

    init(_ scope: ParameterScope, layer: Int, inputs: Int, cells: Int) throws(CheckpointError) {
        path = "\(scope.path).\(layer)"
        let start = Initialization.linear(inputs: cells)
        var directions: [Direction] = []
        for suffix in ["l\(layer)", "l\(layer)_reverse"] {
            directions.append(
                Direction(
                    inputWeight: try scope.parameter("weight_ih_" + suffix, [4 * cells, inputs], start),
                    weight: try scope.parameter("weight_hh_" + suffix, [4 * cells, cells], start),
                    inputBias: try scope.parameter("bias_ih_" + suffix, [4 * cells], start),
                    bias: try scope.parameter("bias_hh_" + suffix, [4 * cells], start)))
        }
        self.directions = directions
    }

    /// - Parameter x: `[steps, inputs]`
    /// - Returns: both directions side by side, `[steps, 2 * cells]`
    func callAsFunction(_ x: Variable) -> Variable {
        concatenateColumns(
            directions.enumerated().map { index, direction in
                let input = linear(
                    x, weight: direction.inputWeight.variable,
                    bias: direction.inputBias.variable + direction.bias.variable)
                return lstm(input, weight: direction.weight.variable, isReversed: index == 1)
            })
    }

    /// Operations of the products of `steps` steps; the first has no step before it to multiply.
    func operations(steps: Int) -> Int {
        directions.reduce(0) { $0 + 2 * (steps * $1.inputWeight.shape.count + (steps - 1) * $1.weight.shape.count) }
    }
}
