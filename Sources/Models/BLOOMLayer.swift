import Autograd
import NN
import Tensors

/// One layer of BLOOM: self-attention over the tokens so far and a feed-forward network, each behind a normalisation.
struct BLOOMLayer {
    /// The numbers that all layers share.
    struct Shape {
        let hidden: Int
        let heads: Int
        let slopes: [Float]
        let epsilon: Float
        let deviation: Double
        let addsNormed: Bool
        let hiddenDropout: Double
        let attentionDropout: Double
    }

    let index: Int
    let site: AttentionSite
    let attentionSublayer: SublayerSite
    let feedForwardSublayer: SublayerSite
    private let shape: Shape
    private let attentionNorm: LayerNorm
    /// Of each head in turn its queries, keys and values.
    private let projection: Linear
    private let attentionOutput: Linear
    private let feedForwardNorm: LayerNorm
    private let intermediate: Linear
    private let output: Linear

    init(_ scope: ParameterScope, index: Int, _ shape: Shape) throws(CheckpointError) {
        self.index = index
        self.shape = shape
        let (attention, network, hidden) = (scope["self_attention"], scope["mlp"], shape.hidden)
        func map(_ scope: ParameterScope, _ inputs: Int, _ outputs: Int) throws(CheckpointError) -> Linear {
            try Linear(scope, inputs: inputs, outputs: outputs, deviation: shape.deviation)
        }
        attentionNorm = try LayerNorm(scope["input_layernorm"], hidden: hidden, epsilon: shape.epsilon)
        projection = try map(attention["query_key_value"], hidden, 3 * hidden)
        attentionOutput = try map(attention["dense"], hidden, hidden)
        feedForwardNorm = try LayerNorm(scope["post_attention_layernorm"], hidden: hidden, epsilon: shape.epsilon)
        intermediate = try map(network["dense_h_to_4h"], hidden, 4 * hidden)
        output = try map(network["dense_4h_to_h"], 4 * hidden, hidden)
        site = AttentionSite(
            path: attention.path, hidden: hidden, heads: shape.heads, isCausal: true, joinsBeforeOutput: true)
        attentionSublayer = SublayerSite(path: attention.path, kind: .attention, layer: index, hidden: hidden)
        feedForwardSublayer = SublayerSite(path: network.path, kind: .feedForward, layer: index, hidden: hidden)
    }

    /// - Parameters:
    ///   - x: `[tokens, hidden]`
    ///   - read: the rows whose results anyone reads; the attention's output and the feed-forward network run for these alone.
    /// - Returns: `[rows, hidden]`, a row for each that is read.
    func callAsFunction(_ x: Variable, _ batch: Batch, read: ReadRows?, _ pass: ForwardPass) -> Variable {
        let normed = attentionNorm(x)
        let residual = shape.addsNormed ? normed : x
        let own = read.map { gather(residual, $0.rows) } ?? residual
        let all = project(normed, pass)
        let layout = Attention(
            queryOffsets: read?.offsets ?? batch.offsets, keyOffsets: batch.offsets,
            keyLimits: batch.causalLimits(read), heads: shape.heads, headSize: site.headSize,
            scale: 1 / Float(site.headSize).squareRoot(), slopes: shape.slopes,
            dropout: pass.dropout(Float(shape.attentionDropout), at: site.path))
        let query = read.map { gather(all.query, $0.rows) } ?? all.query
        let call = AttentionCall(query: query, layout: layout) { rows in
            let made = project(rows, pass)
            return (made.key, made.value)
        }
        let context = pass.attend(at: index, key: all.key, value: all.value, call)
        let whole = pass.accompany(index, call).map { context + $0 } ?? context
        let attended = attentionSublayer.join(
            attentionOutput(whole, pass), own, dropout: shape.hiddenDropout, pass)
        let input = feedForwardNorm(attended)
        let wide = intermediate(input, activation: .geluTanh, pass)
        return feedForwardSublayer.join(
            output(wide, pass), shape.addsNormed ? input : attended, dropout: shape.hiddenDropout, pass)
    }

    /// - Parameter x: `[rows, hidden]`
    /// - Returns: each `[rows, hidden]`
    private func project(_ x: Variable, _ pass: ForwardPass) -> (query: Variable, key: Variable, value: Variable) {
        let (all, size) = (projection(x, pass), site.headSize)
        return (
            columns(all, 0..<size, ofEvery: 3 * size), columns(all, size..<2 * size, ofEvery: 3 * size),
            columns(all, 2 * size..<3 * size, ofEvery: 3 * size)
        )
    }

    /// What the layer computes, in order.
    func stages(isLast: Bool) -> [BackboneCost.Stage] {
        let norms = [[attentionNorm.weight, attentionNorm.bias], [feedForwardNorm.weight, feedForwardNorm.bias]]
        let map = projection.site
        return [
            .init([], norms: norms[0]),
            .init([.linear(map, isRead: false)]),
            .init([.attention(index, site, query: map, key: map, value: map, isRead: isLast)]),
            .init([.linear(attentionOutput.site, isRead: isLast)]),
            .init([.sublayer(attentionSublayer, isRead: isLast)], norms: norms[1]),
            .init([.linear(intermediate.site, isRead: isLast)]),
            .init([.linear(output.site, isRead: isLast)]),
            .init([.sublayer(feedForwardSublayer, isRead: isLast)]),
        ]
    }
}

extension BLOOMLayer.Shape {
    /// The numbers in `config.json`, some of which have an older name.
    init(_ config: ModelConfig, _ options: BackboneOptions) throws(CheckpointError) {
        let hidden = try config.size(named: ["n_embed", "hidden_size"], upTo: 1 << 17)
        let heads = try config.size(named: ["num_attention_heads", "n_head"])
        guard hidden % heads == 0 else {
            throw config.error(
                "the hidden size \(hidden) is not a multiple of the number of heads, \(heads)", at: "hidden_size")
        }
        self.init(
            hidden: hidden, heads: heads, slopes: BLOOM.slopes(heads: heads),
            epsilon: Float(try config.number("layer_norm_epsilon", or: 1e-5, in: 0...1)),
            deviation: try config.number("initializer_range", or: 0.02, in: 0...10),
            addsNormed: try config.boolean("apply_residual_connection_post_layernorm", or: false),
            hiddenDropout: try config.dropout("hidden_dropout", or: 0, replacedBy: options.hiddenDropout),
            attentionDropout: try config.dropout("attention_dropout", or: 0, replacedBy: options.attentionDropout))
    }
}
