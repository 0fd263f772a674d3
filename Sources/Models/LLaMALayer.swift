import Autograd
import NN
import Tensors

/// One layer of LLaMA: self-attention over the tokens so far and a gated feed-forward network, each behind a normalisation.
struct LLaMALayer {
    /// The numbers that all layers share.
    struct Shape {
        let hidden: Int
        let heads: Int
        let keyValueHeads: Int
        let headSize: Int
        let intermediate: Int
        let activation: Activation
        let epsilon: Float
        let deviation: Double
        let hasQueryBias: Bool
        let hasOutputBias: Bool
        let hasFeedForwardBias: Bool
        let hiddenDropout: Double
        let attentionDropout: Double
    }

    let index: Int
    let site: AttentionSite
    let attentionSublayer: SublayerSite
    let feedForwardSublayer: SublayerSite
    private let shape: Shape
    private let attentionNorm: RMSNorm
    private let query: Linear, key: Linear, value: Linear
    private let attentionOutput: Linear
    private let feedForwardNorm: RMSNorm
    private let gate: Linear, up: Linear
    private let down: Linear

    init(_ scope: ParameterScope, index: Int, _ shape: Shape) throws(CheckpointError) {
        self.index = index
        self.shape = shape
        let (attention, network, hidden) = (scope["self_attn"], scope["mlp"], shape.hidden)
        func map(_ scope: ParameterScope, _ inputs: Int, _ outputs: Int, _ hasBias: Bool) throws(CheckpointError)
            -> Linear
        {
            try Linear(scope, inputs: inputs, outputs: outputs, deviation: shape.deviation, hasBias: hasBias)
        }
        site = AttentionSite(
            path: attention.path, hidden: hidden, heads: shape.heads, keyValueHeads: shape.keyValueHeads,
            headSize: shape.headSize, isCausal: true, joinsBeforeOutput: true)
        attentionNorm = try RMSNorm(scope["input_layernorm"], hidden: hidden, epsilon: shape.epsilon)
        query = try map(attention["q_proj"], hidden, site.queryWidth, shape.hasQueryBias)
        key = try map(attention["k_proj"], hidden, site.keyWidth, shape.hasQueryBias)
        value = try map(attention["v_proj"], hidden, site.keyWidth, shape.hasQueryBias)
        attentionOutput = try map(attention["o_proj"], site.queryWidth, hidden, shape.hasOutputBias)
        feedForwardNorm = try RMSNorm(scope["post_attention_layernorm"], hidden: hidden, epsilon: shape.epsilon)
        gate = try map(network["gate_proj"], hidden, shape.intermediate, shape.hasFeedForwardBias)
        up = try map(network["up_proj"], hidden, shape.intermediate, shape.hasFeedForwardBias)
        down = try map(network["down_proj"], shape.intermediate, hidden, shape.hasFeedForwardBias)
        attentionSublayer = SublayerSite(path: attention.path, kind: .attention, layer: index, hidden: hidden)
        feedForwardSublayer = SublayerSite(path: network.path, kind: .feedForward, layer: index, hidden: hidden)
    }

    /// - Parameters:
    ///   - x: `[tokens, hidden]`
    ///   - angles: of the tokens' positions.
    ///   - read: the rows whose results anyone reads; queries and the feed-forward network run for these alone.
    /// - Returns: `[rows, hidden]`, a row for each that is read.
    func callAsFunction(
        _ x: Variable, _ batch: Batch, _ angles: RotaryAngles, read: ReadRows?, _ pass: ForwardPass
    ) -> Variable {
        let own = read.map { gather(x, $0.rows) } ?? x
        let normed = attentionNorm(x)
        let asking = read.map { gather(normed, $0.rows) } ?? normed
        let layout = Attention(
            queryOffsets: read?.offsets ?? batch.offsets, keyOffsets: batch.offsets,
            keyLimits: batch.causalLimits(read), heads: shape.heads, keyValueHeads: shape.keyValueHeads,
            headSize: shape.headSize, scale: 1 / Float(shape.headSize).squareRoot(),
            dropout: pass.dropout(Float(shape.attentionDropout), at: site.path))
        let turned = rotated(query(asking, pass), by: read.map { angles.rows($0.rows) } ?? angles)
        let call = AttentionCall(query: turned, layout: layout) { (key($0, pass), value($0, pass)) }
        let context = pass.attend(
            at: index, key: rotated(key(normed, pass), by: angles), value: value(normed, pass), call)
        let whole = pass.accompany(index, call).map { context + $0 } ?? context
        let attended = attentionSublayer.join(
            attentionOutput(whole, pass), own, dropout: shape.hiddenDropout, pass)
        let input = feedForwardNorm(attended)
        let wide = gatedActivation(shape.activation, gate: gate(input, pass), up(input, pass))
        return feedForwardSublayer.join(down(wide, pass), attended, dropout: shape.hiddenDropout, pass)
    }

    /// What the layer computes, in order.
    func stages(isLast: Bool) -> [BackboneCost.Stage] {
        [
            .init([], norms: [attentionNorm.weight]),
            .init([key, value].map { .linear($0.site, isRead: false) } + [.linear(query.site, isRead: isLast)]),
            .init([.attention(index, site, query: query.site, key: key.site, value: value.site, isRead: isLast)]),
            .init([.linear(attentionOutput.site, isRead: isLast)]),
            .init([.sublayer(attentionSublayer, isRead: isLast)], norms: [feedForwardNorm.weight]),
            .init([gate, up].map { .linear($0.site, isRead: isLast) }),
            .init([.linear(down.site, isRead: isLast)]),
            .init([.sublayer(feedForwardSublayer, isRead: isLast)]),
        ]
    }
}

extension LLaMALayer.Shape {
    /// The numbers in `config.json`, by its `model_type`.
    init(_ config: ModelConfig, _ options: BackboneOptions) throws(CheckpointError) {
        let (type, heads) = (config.modelType, try config.size("num_attention_heads"))
        let hidden = try config.size("hidden_size", upTo: 1 << 17)
        // Each family's class has its own number where the key is absent.
        let usual = ["mistral": 8, "qwen2": 32][config["num_key_value_heads"] == nil ? type ?? "" : ""]
        let keyValueHeads = try config.optionalSize("num_key_value_heads") ?? usual ?? heads
        guard heads % keyValueHeads == 0 else {
            throw config.error(
                "'num_attention_heads' \(heads) is not a multiple of 'num_key_value_heads' \(keyValueHeads)",
                at: "num_key_value_heads")
        }
        let given = try config.optionalSize("head_dim", upTo: 1 << 12)
        guard given != nil || hidden % heads == 0 else {
            throw config.error(
                "'hidden_size' \(hidden) is not a multiple of 'num_attention_heads' \(heads), and there is no 'head_dim'",
                at: "hidden_size")
        }
        let headSize = given ?? hidden / heads
        guard headSize % 2 == 0 else {
            throw config.error(
                "heads of \(headSize) columns cannot be turned in pairs; 'head_dim' must be even", at: "head_dim")
        }
        let hasBias = type == "llama" ? try config.boolean("attention_bias", or: false) : false
        self.init(
            hidden: hidden, heads: heads, keyValueHeads: keyValueHeads, headSize: headSize,
            intermediate: try config.size("intermediate_size", upTo: 1 << 20),
            activation: try config.choice("hidden_act", or: .silu, Activation.names),
            epsilon: Float(try config.number("rms_norm_eps", or: 1e-6, in: 0...1)),
            deviation: try config.number("initializer_range", or: 0.02, in: 0...10),
            hasQueryBias: hasBias || type == "qwen2", hasOutputBias: hasBias,
            hasFeedForwardBias: type == "llama" ? try config.boolean("mlp_bias", or: false) : false,
            hiddenDropout: options.hiddenDropout ?? 0,
            attentionDropout: try config.dropout("attention_dropout", or: 0, replacedBy: options.attentionDropout))
    }
}
