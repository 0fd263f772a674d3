import Autograd
import NN
import Tensors

/// One layer of a network of T5: attention to its own tokens, in the decoder to the source too, and a feed-forward network.
struct T5Layer {
    let attention: T5Attention
    let crossAttention: T5Attention?
    private let feedForward: T5FeedForward

    /// The layer at `scope`.
    ///
    /// - Parameters:
    ///   - index: the number of its first attention among all attentions.
    ///   - layer: its number among the layers of both networks.
    init(
        _ scope: ParameterScope, index: Int, layer: Int, isDecoder: Bool, _ shape: T5Shape
    ) throws(CheckpointError) {
        let parts = scope["layer"]
        attention = try T5Attention(
            parts[0], "SelfAttention", index: index, layer: layer, stack: isDecoder ? .decoder : .encoder, shape)
        crossAttention =
            isDecoder
            ? try T5Attention(parts[1], "EncDecAttention", index: index + 1, layer: layer, stack: .cross, shape) : nil
        feedForward = try T5FeedForward(parts[isDecoder ? 2 : 1], layer: layer, isDecoder: isDecoder, shape)
    }

    /// - Parameters:
    ///   - x: `[rows, hidden]`
    ///   - places: of the rows in their sequences.
    ///   - biases: of scores by distance.
    ///   - memory: what the decoder looks at beside its own tokens.
    /// - Returns: `[rows, hidden]`
    func callAsFunction(
        _ x: Variable, _ places: T5Attention.Places, biases: T5Attention.Biases, memory: T5Attention.Memory?,
        _ pass: ForwardPass
    ) -> Variable {
        var x = attention(x, places, biases: biases, pass)
        if let crossAttention { x = crossAttention(x, places, memory: memory, pass) }
        return feedForward(x, pass)
    }

    /// Its sub-layers, in order.
    var sublayers: [SublayerSite] {
        [attention.sublayer, crossAttention?.sublayer, feedForward.sublayer].compactMap { $0 }
    }

    /// What it computes, in order.
    ///
    /// - Parameter table: the one that its biases by distance come from.
    func stages(table: Parameter) -> [BackboneCost.Stage] {
        attention.stages(table: table) + (crossAttention?.stages(table: nil) ?? []) + feedForward.stages
    }
}

/// The feed-forward network of a layer behind its normalisation, with the residual.
struct T5FeedForward {
    let sublayer: SublayerSite
    private let shape: T5Shape
    private let norm: RMSNorm
    /// The map to the wide rows; where the network is gated, that of the gate.
    private let wide: Linear
    /// The map of what a gate multiplies.
    private let gated: Linear?
    private let output: Linear
    private let path: String
    private let rows: BackboneCost.Rows

    /// The network of the layer's part `scope`.
    init(_ scope: ParameterScope, layer: Int, isDecoder: Bool, _ shape: T5Shape) throws(CheckpointError) {
        self.shape = shape
        rows = isDecoder ? .decoder : .sequence
        let network = scope["DenseReluDense"]
        path = network.path
        func map(_ name: String, _ inputs: Int, _ outputs: Int) throws(CheckpointError) -> Linear {
            try Linear(
                network[name], inputs: inputs, outputs: outputs,
                deviation: shape.factor / Double(inputs).squareRoot(), hasBias: false)
        }
        norm = try RMSNorm(scope["layer_norm"], hidden: shape.hidden, epsilon: shape.epsilon)
        wide = try map(shape.isGated ? "wi_0" : "wi", shape.hidden, shape.intermediate)
        gated = shape.isGated ? try map("wi_1", shape.hidden, shape.intermediate) : nil
        output = try map("wo", shape.intermediate, shape.hidden)
        sublayer = SublayerSite(path: scope.path, kind: .feedForward, layer: layer, hidden: shape.hidden)
    }

    /// - Parameter x: `[rows, hidden]`
    /// - Returns: `[rows, hidden]`
    func callAsFunction(_ x: Variable, _ pass: ForwardPass) -> Variable {
        let normed = norm(x)
        let inner =
            gated.map { gatedActivation(shape.activation, gate: wide(normed, pass), $0(normed, pass)) }
            ?? wide(normed, activation: shape.activation, pass)
        let dropped = dropout(inner, pass.dropout(Float(shape.hiddenDropout), at: path + ".dropout"))
        return sublayer.join(output(dropped, pass), x, dropout: shape.hiddenDropout, pass)
    }

    /// What it computes, in order.
    var stages: [BackboneCost.Stage] {
        [
            .init([], norms: [norm.weight], rows: rows),
            .init([wide, gated].compactMap { $0 }.map { .linear($0.site, isRead: false) }, rows: rows),
            .init([.linear(output.site, isRead: false)], rows: rows),
            .init([.sublayer(sublayer, isRead: false)], rows: rows),
        ]
    }
}
