import Autograd
import NN
import Tensors

/// LLaMA and its relatives: a decoder with rotary positions, which normalises by the root mean square in front of its sub-layers.
///
///     x = word
///     x = x + attention(RMSNorm(x))        x = x + W₃ (silu(W₁ n) * W₂ n), n = RMSNorm(x)        in each layer
///     hidden = RMSNorm(x)
///
/// Names, shapes and arithmetic follow transformers' `LlamaModel`, `MistralModel` and `Qwen2Model`, which the configuration's
/// `model_type` tells apart:
///
/// | `model_type` | biases                             | window                                      |
/// |--------------|------------------------------------|---------------------------------------------|
/// | `llama`      | `attention_bias`, `mlp_bias`       | `sliding_window`, as a cache of keys has it |
/// | `mistral`    | none                               | `sliding_window`, 4096 unless given         |
/// | `qwen2`      | of queries, keys and values        | where `use_sliding_window` says             |
///
/// Within a window's length every token sees all before it, so that is as long as sequences can be. Positions start after the virtual
/// tokens of a prefix.
/// Touvron et al., 2023, <https://arxiv.org/abs/2302.13971>; Jiang et al., 2023, <https://arxiv.org/abs/2310.06825>; Yang et al., 2024,
/// <https://arxiv.org/abs/2407.10671>.
public struct LLaMA: Backbone {
    /// The `model_type` of its checkpoints.
    public static let modelType = "llama"
    /// What it is.
    public static let help = "LLaMA, a decoder with rotary positions and a gated feed-forward network."
    /// What stands in front of its tensors' names in a checkpoint with a head.
    public static let prefix = "model."

    /// The width of the hidden states.
    public let hiddenSize: Int
    /// The number of tokens that have an embedding.
    public let vocabularySize: Int
    /// Segments make no difference to it.
    public let tokenTypeCount = Int.max
    /// The positions that are computed right, for virtual and real tokens together.
    public let maximumPositions: Int?
    /// What these are.
    public let positionsName: String
    /// Its attentions, lowest first.
    public let attentions: [AttentionSite]
    /// Its sub-layers, lowest first.
    public let sublayers: [SublayerSite]
    /// A token sees those before it and itself.
    public let isCausal = true
    /// `[vocabulary, hidden]`
    public let wordEmbeddings: Parameter
    /// A head reads the last token.
    public let sequenceHead = SequenceHeadForm(reading: .lastToken, name: "score", hasBias: false, dropout: 0)
    /// A head has a map named `score`.
    public let tokenHead: TokenHeadForm
    /// Whether the head's map onto the vocabulary is the table of embeddings; not unless the configuration says so.
    public let tiesEmbeddings: Bool
    /// The deviation of new weights.
    public let initializerRange: Double
    /// What a pass computes, in order.
    public let cost: BackboneCost
    /// What training drops.
    public let dropoutRates: DropoutRates
    private let rotary: RotaryPositions
    private let layers: [LLaMALayer]
    private let finalNorm: RMSNorm
    private let hiddenDropout: Float
    private let embeddingPath: String
    private let name: String

    /// Declares its parameters in `store`; partial rotation and scalings of positions that are not known are refused.
    public init(_ config: ModelConfig, options: BackboneOptions, store: ParameterStore) throws(CheckpointError) {
        let shape = try LLaMALayer.Shape(config, options)
        hiddenSize = shape.hidden
        vocabularySize = try config.size("vocab_size")
        hiddenDropout = Float(shape.hiddenDropout)
        initializerRange = shape.deviation
        let ownDropout = try config.optionalNumber("classifier_dropout", in: 0...0.999)
        tokenHead = TokenHeadForm(name: "score", dropout: options.hiddenDropout ?? ownDropout ?? 0.1)
        tiesEmbeddings = try config.boolean("tie_word_embeddings", or: false)
        name = ["mistral": "Mistral", "qwen2": "Qwen2"][config.modelType ?? ""] ?? "Llama"
        let layerCount = try config.size("num_hidden_layers", upTo: 1024)
        rotary = try RotaryPositions(config, headSize: shape.headSize)
        let window = try config.slidingWindow(layers: layerCount)
        maximumPositions = [window, rotary.maximumPositions].compactMap { $0 }.min()
        positionsName =
            window != nil && window == maximumPositions
            ? "tokens in its sliding window" : "positions before 'rope_scaling' changes them"

        // With this head transformers' class has another name for the model, and a checkpoint any of the two.
        let isAnswering = options.headClass == QuestionAnsweringHead.className
        store.alias("model.", "transformer.")
        store.alias("transformer.", "model.")
        let scope = store.scope(isAnswering ? "transformer" : "model", owner: .backbone)
        embeddingPath = scope["embed_tokens"].path
        wordEmbeddings = try scope["embed_tokens"].parameter(
            "weight", [vocabularySize, hiddenSize], .normal(deviation: shape.deviation))
        var layers: [LLaMALayer] = []
        for index in 0..<layerCount { layers.append(try LLaMALayer(scope["layers"][index], index: index, shape)) }
        self.layers = layers
        finalNorm = try RMSNorm(scope["norm"], hidden: hiddenSize, epsilon: shape.epsilon)
        attentions = layers.map(\.site)
        sublayers = layers.flatMap { [$0.attentionSublayer, $0.feedForwardSublayer] }
        dropoutRates = DropoutRates(
            embeddings: shape.hiddenDropout, layers: max(shape.hiddenDropout, shape.attentionDropout))
        cost = BackboneCost(
            embeddings: [wordEmbeddings],
            stages: layers.enumerated().flatMap { $1.stages(isLast: $0 == layers.count - 1).asLayer }
                + [.init([], norms: [finalNorm.weight])],
            summary: nil, hidden: hiddenSize)
    }

    /// Transformers' class with a head whose name ends so.
    public func className(with head: String) -> String { name + head }

    /// The last layer's hidden states of the tokens that are read.
    ///
    /// - Returns: `[rows, hidden]`, a row for each token that is read.
    public func hiddenStates(_ batch: Batch, reading: Reading, _ pass: ForwardPass) -> Variable {
        let angles = RotaryAngles(
            positions: batch.positions(from: pass.prefixLength), frequencies: rotary.frequencies,
            magnitude: rotary.magnitude)
        var x = pass.begin(batch) {
            dropout(pass.embed(wordEmbeddings.variable, batch), pass.dropout(hiddenDropout, at: embeddingPath))
        }
        for layer in layers {
            let isLast = layer.index == layers.count - 1
            let read = isLast ? reading.rows(of: batch) : nil
            x = pass.layer(x) { layer($0, batch, angles, read: read, pass) }
        }
        return pass.finish(x) { finalNorm($0) }
    }

    /// The last token's hidden state as it is: `[sequences, hidden]`.
    public func summary(_ hidden: Variable, _ pass: ForwardPass) -> Variable { hidden }
}

extension ModelConfig {
    /// The number of tokens that some of the attentions look back over; nil where all look back to the first.
    fileprivate func slidingWindow(layers: Int) throws(CheckpointError) -> Int? {
        switch modelType {
        case "mistral":
            return self["sliding_window"] == nil ? 4096 : try optionalSize("sliding_window")
        case "qwen2":
            let isUsed = try boolean("use_sliding_window", or: false)
            let firstSliding = try optionalSize("max_window_layers") ?? 28
            var isSliding = isUsed && firstSliding < layers
            if let types = self["layer_types"]?.elements {
                for type in types where type.string != "full_attention" && type.string != "sliding_attention" {
                    throw error("'layer_types' knows 'full_attention' and 'sliding_attention' only", at: "layer_types")
                }
                isSliding = types.contains { $0.string == "sliding_attention" }
                guard !isSliding || isUsed else {
                    throw error(
                        "'layer_types' has sliding attentions, but 'use_sliding_window' is false", at: "layer_types")
                }
            }
            guard isSliding else { return nil }
            return self["sliding_window"] == nil ? 4096 : try optionalSize("sliding_window")
        default:
            // Transformers' model has no window here, but what it keeps of earlier tokens has.
            return [try optionalSize("sliding_window"), try optionalSize("attention_chunk_size")].compactMap { $0 }
                .min()
        }
    }
}
