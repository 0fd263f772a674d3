import Autograd
import NN
import Tensors

/// One layer of BERT or RoBERTa: self-attention and a feed-forward network, each followed by residual and normalisation.
struct BERTLayer {
    /// The numbers that all layers share.
    struct Shape {
        let hidden: Int
        let heads: Int
        let intermediate: Int
        let activation: Activation
        let epsilon: Float
        let deviation: Double
        let hiddenDropout: Double
        let attentionDropout: Double
    }

    let index: Int
    let site: AttentionSite
    let attentionSublayer: SublayerSite
    let feedForwardSublayer: SublayerSite
    private let shape: Shape
    private let query: Linear, key: Linear, value: Linear
    private let attentionOutput: Linear
    private let attentionNorm: LayerNorm
    private let intermediate: Linear
    private let output: Linear
    private let outputNorm: LayerNorm

    init(_ scope: ParameterScope, index: Int, _ shape: Shape) throws(CheckpointError) {
        self.index = index
        self.shape = shape
        let (attention, hidden) = (scope["attention"], shape.hidden)
        func map(_ scope: ParameterScope, _ inputs: Int, _ outputs: Int) throws(CheckpointError) -> Linear {
            try Linear(scope, inputs: inputs, outputs: outputs, deviation: shape.deviation)
        }
        query = try map(attention["self"]["query"], hidden, hidden)
        key = try map(attention["self"]["key"], hidden, hidden)
        value = try map(attention["self"]["value"], hidden, hidden)
        attentionOutput = try map(attention["output"]["dense"], hidden, hidden)
        attentionNorm = try LayerNorm(attention["output"]["LayerNorm"], hidden: hidden, epsilon: shape.epsilon)
        intermediate = try map(scope["intermediate"]["dense"], hidden, shape.intermediate)
        output = try map(scope["output"]["dense"], shape.intermediate, hidden)
        outputNorm = try LayerNorm(scope["output"]["LayerNorm"], hidden: hidden, epsilon: shape.epsilon)
        site = AttentionSite(path: attention["self"].path, hidden: hidden, heads: shape.heads)
        attentionSublayer = SublayerSite(
            path: attention["output"].path, kind: .attention, layer: index, hidden: hidden)
        feedForwardSublayer = SublayerSite(
            path: scope["output"].path, kind: .feedForward, layer: index, hidden: hidden)
    }

    /// - Parameters:
    ///   - x: `[tokens, hidden]`
    ///   - read: the rows whose results anyone reads; queries, feed-forward and norms run for these alone. Nil for all.
    /// - Returns: `[rows, hidden]`, a row for each that is read.
    func callAsFunction(_ x: Variable, _ batch: Batch, read: ReadRows?, _ pass: ForwardPass) -> Variable {
        let own = read.map { gather(x, $0.rows) } ?? x
        let layout = Attention(
            queryOffsets: read?.offsets ?? batch.offsets, keyOffsets: batch.offsets, heads: shape.heads,
            headSize: shape.hidden / shape.heads, scale: 1 / Float(shape.hidden / shape.heads).squareRoot(),
            dropout: pass.dropout(Float(shape.attentionDropout), at: site.path))
        let call = AttentionCall(query: query(own, pass), layout: layout) { (key($0, pass), value($0, pass)) }
        let context = pass.attend(at: index, key: key(x, pass), value: value(x, pass), call)
        let beside = pass.accompany(index, call)
        let attended = join(
            attentionSublayer, attentionNorm, attentionOutput(context, pass), beside: beside, own, pass)
        let wide = intermediate(attended, activation: shape.activation, pass)
        return join(feedForwardSublayer, outputNorm, output(wide, pass), attended, pass)
    }

    /// Dropout, residual and normalisation behind a sub-layer, or what a method makes of them: `[rows, hidden]`.
    private func join(
        _ site: SublayerSite, _ norm: LayerNorm, _ output: Variable, beside: Variable? = nil, _ residual: Variable,
        _ pass: ForwardPass
    ) -> Variable {
        let mask = pass.dropout(Float(shape.hiddenDropout), at: site.path)
        func whole() -> Variable {
            let dropped = dropout(output, mask)
            return beside.map { dropped + $0 } ?? dropped
        }
        if let followed = pass.follow(site, { SublayerOutput(output: whole(), residual: residual) { norm($0) } }) {
            return followed
        }
        return beside == nil
            ? norm(output, residual: residual, dropout: mask) : norm(whole(), residual: residual)
    }

    /// What the layer computes, in order.
    func stages(isLast: Bool) -> [BackboneCost.Stage] {
        let maps = [key.site, value.site].map { BackboneCost.Work.linear($0, isRead: false) }
        return [
            .init(maps + [.linear(query.site, isRead: isLast)]),
            .init([.attention(index, site, query: query.site, key: key.site, value: value.site, isRead: isLast)]),
            .init([.linear(attentionOutput.site, isRead: isLast)]),
            .init(
                [.sublayer(attentionSublayer, isRead: isLast)], norms: [attentionNorm.weight, attentionNorm.bias]),
            .init([.linear(intermediate.site, isRead: isLast)]),
            .init([.linear(output.site, isRead: isLast)]),
            .init([.sublayer(feedForwardSublayer, isRead: isLast)], norms: [outputNorm.weight, outputNorm.bias]),
        ]
    }
}

extension DropoutRates {
    /// Those of BERT's numbers.
    init(_ shape: BERTLayer.Shape) {
        self.init(embeddings: shape.hiddenDropout, layers: max(shape.hiddenDropout, shape.attentionDropout))
    }
}

extension BERTLayer.Shape {
    /// The numbers in `config.json`; decoders and relative positions are refused.
    init(_ config: ModelConfig, _ options: BackboneOptions) throws(CheckpointError) {
        try config.require("is_decoder", false)
        try config.require("add_cross_attention", false)
        _ = try config.choice("position_embedding_type", or: (), ["absolute": ()])
        self.init(
            hidden: try config.size("hidden_size", upTo: 1 << 17), heads: try config.size("num_attention_heads"),
            intermediate: try config.size("intermediate_size", upTo: 1 << 20),
            activation: try config.choice("hidden_act", or: .gelu, Activation.names),
            epsilon: Float(try config.number("layer_norm_eps", or: 1e-12, in: 0...1)),
            deviation: try config.number("initializer_range", or: 0.02, in: 0...10),
            hiddenDropout: try config.dropout("hidden_dropout_prob", replacedBy: options.hiddenDropout),
            attentionDropout: try config.dropout("attention_probs_dropout_prob", replacedBy: options.attentionDropout))
        guard hidden % heads == 0 else {
            throw config.error(
                "'hidden_size' \(hidden) is not a multiple of 'num_attention_heads' \(heads)", at: "hidden_size")
        }
    }
}

extension ModelConfig {
    /// A share of dropped elements: what the manifest says, else the checkpoint, else the family's usual one.
    func dropout(_ key: String, or standard: Double = 0.1, replacedBy option: Double?) throws(CheckpointError) -> Double
    {
        let stored = try number(key, or: standard, in: 0...0.999)
        return option ?? stored
    }
}
