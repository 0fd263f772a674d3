import Autograd
import NN
import Tensors

/// One of the two networks of T5: its layers, the biases that they share, and the normalisation behind them.
struct T5Stack {
    private let path: String
    private let layers: [T5Layer]
    private let distances: T5Distances
    private let finalNorm: RMSNorm
    private let dropoutRate: Float
    private let rows: BackboneCost.Rows

    /// The network at `scope`.
    ///
    /// - Parameters:
    ///   - layers: how many it has.
    ///   - encoder: the one whose rows it looks at; nil for the encoder itself.
    init(_ scope: ParameterScope, _ shape: T5Shape, layers count: Int, after encoder: T5Stack?) throws(CheckpointError)
    {
        path = scope.path
        dropoutRate = Float(shape.hiddenDropout)
        rows = encoder == nil ? .sequence : .decoder
        let blocks = scope["block"]
        distances = try T5Distances(
            blocks[0]["layer"][0]["SelfAttention"], shape, isBidirectional: encoder == nil)
        var layers: [T5Layer] = []
        var (index, layer) = (encoder?.attentions.count ?? 0, encoder?.layers.count ?? 0)
        for place in 0..<count {
            layers.append(
                try T5Layer(blocks[place], index: index, layer: layer, isDecoder: encoder != nil, shape))
            index += encoder == nil ? 1 : 2
            layer += 1
        }
        self.layers = layers
        finalNorm = try RMSNorm(scope["final_layer_norm"], hidden: shape.hidden, epsilon: shape.epsilon)
    }

    /// - Parameters:
    ///   - embeddings: `[rows, hidden]`
    ///   - offsets: the first row of each sequence, and the number of rows.
    ///   - memory: what the encoder made, for the decoder; nil where the pass keeps what it makes of it.
    ///   - past: how many tokens of each sequence went before; nil for none.
    /// - Returns: `[rows, hidden]`
    func callAsFunction(
        _ embeddings: Variable, offsets: [Int], memory: T5Attention.Memory?, past: [Int]? = nil,
        _ pass: ForwardPass
    ) -> Variable {
        let places = T5Attention.Places(offsets: offsets, past: past)
        let longest = places.longest
        let prefix = layers.map { pass.graph.prefixLength(at: $0.attention.index) }.max() ?? 0
        let biases = T5Attention.Biases(
            values: distances.bias(length: prefix + longest), origin: prefix + longest - 1)
        var x = dropout(embeddings, pass.dropout(dropoutRate, at: path + ".embeddings"))
        for layer in layers { x = pass.layer(x) { layer($0, places, biases: biases, memory: memory, pass) } }
        return dropout(finalNorm(x), pass.dropout(dropoutRate, at: path + ".final_layer_norm"))
    }

    /// Its attentions, in order.
    var attentions: [AttentionSite] {
        layers.flatMap { [$0.attention.site, $0.crossAttention?.site].compactMap { $0 } }
    }

    /// Its sub-layers, in order.
    var sublayers: [SublayerSite] { layers.flatMap(\.sublayers) }

    /// What it computes, in order.
    var stages: [BackboneCost.Stage] {
        layers.flatMap { $0.stages(table: distances.table).asLayer } + [
            .init([], norms: [finalNorm.weight], rows: rows)
        ]
    }
}
