import Autograd
import NN
import Tensors

/// One layer of GPT-2: self-attention over the tokens so far and a feed-forward network, each behind a normalisation.
struct GPT2Layer {
    /// The numbers that all layers share.
    struct Shape {
        let hidden: Int
        let heads: Int
        let layers: Int
        let intermediate: Int
        let activation: Activation
        let epsilon: Float
        let deviation: Double
        let residualDropout: Double
        let attentionDropout: Double
    }

    let index: Int
    let site: AttentionSite
    let attentionSublayer: SublayerSite
    let feedForwardSublayer: SublayerSite
    private let shape: Shape
    private let attentionNorm: LayerNorm
    /// Queries, keys and values side by side.
    private let projection: Linear
    private let attentionOutput: Linear
    private let feedForwardNorm: LayerNorm
    private let intermediate: Linear
    private let output: Linear

    init(_ scope: ParameterScope, index: Int, _ shape: Shape) throws(CheckpointError) {
        self.index = index
        self.shape = shape
        let (attention, network, hidden) = (scope["attn"], scope["mlp"], shape.hidden)
        func map(
            _ scope: ParameterScope, _ inputs: Int, _ outputs: Int, _ deviation: Double = shape.deviation
        ) throws(CheckpointError) -> Linear {
            try Linear(scope, inputs: inputs, outputs: outputs, deviation: deviation, layout: .inputsFirst)
        }
        // Maps whose results are added to the residual start smaller, by how many of them there are.
        let added = shape.deviation / Double(2 * shape.layers).squareRoot()
        attentionNorm = try LayerNorm(scope["ln_1"], hidden: hidden, epsilon: shape.epsilon)
        projection = try map(attention["c_attn"], hidden, 3 * hidden)
        attentionOutput = try map(attention["c_proj"], hidden, hidden, added)
        feedForwardNorm = try LayerNorm(scope["ln_2"], hidden: hidden, epsilon: shape.epsilon)
        intermediate = try map(network["c_fc"], hidden, shape.intermediate)
        output = try map(network["c_proj"], shape.intermediate, hidden, added)
        site = AttentionSite(path: attention.path, hidden: hidden, heads: shape.heads, isCausal: true)
        attentionSublayer = SublayerSite(path: attention.path, kind: .attention, layer: index, hidden: hidden)
        feedForwardSublayer = SublayerSite(path: network.path, kind: .feedForward, layer: index, hidden: hidden)
    }

    /// - Parameters:
    ///   - x: `[tokens, hidden]`
    ///   - read: the rows whose results anyone reads; the attention's output and the feed-forward network run for these alone.
    /// - Returns: `[rows, hidden]`, a row for each that is read.
    func callAsFunction(_ x: Variable, _ batch: Batch, read: ReadRows?, _ pass: ForwardPass) -> Variable {
        let own = read.map { gather(x, $0.rows) } ?? x
        let all = project(attentionNorm(x), pass)
        let layout = Attention(
            queryOffsets: read?.offsets ?? batch.offsets, keyOffsets: batch.offsets,
            keyLimits: batch.causalLimits(read), heads: shape.heads, headSize: shape.hidden / shape.heads,
            scale: 1 / Float(shape.hidden / shape.heads).squareRoot(),
            dropout: pass.dropout(Float(shape.attentionDropout), at: site.path))
        let query = read.map { gather(all.query, $0.rows) } ?? all.query
        let call = AttentionCall(query: query, layout: layout) { rows in
            let made = project(rows, pass)
            return (made.key, made.value)
        }
        let context = pass.attend(at: index, key: all.key, value: all.value, call)
        let beside = pass.accompany(index, call)
        let attended = attentionSublayer.join(
            attentionOutput(context, pass), beside: beside, own, dropout: shape.residualDropout, pass)
        let wide = intermediate(feedForwardNorm(attended), activation: shape.activation, pass)
        return feedForwardSublayer.join(output(wide, pass), attended, dropout: shape.residualDropout, pass)
    }

    /// - Parameter x: `[rows, hidden]`
    /// - Returns: each `[rows, hidden]`
    private func project(_ x: Variable, _ pass: ForwardPass) -> (query: Variable, key: Variable, value: Variable) {
        let (all, hidden) = (projection(x, pass), shape.hidden)
        return (
            columns(all, 0..<hidden), columns(all, hidden..<2 * hidden), columns(all, 2 * hidden..<3 * hidden)
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
