import Autograd
import NN
import Tensors

/// GPT-2: a decoder with learned positions, which normalises in front of its sub-layers.
///
///     x = word + position
///     x = x + attention(LayerNorm(x))        x = x + W₂ activation(W₁ LayerNorm(x))        in each layer
///     hidden = LayerNorm(x)
///
/// Names, shapes and arithmetic follow transformers' `GPT2Model`; weights of its maps are stored `[inputs, outputs]`. Positions
/// start after the virtual tokens of a prefix.
/// Radford et al., 2019, "Language Models are Unsupervised Multitask Learners".
public struct GPT2: Backbone {
    /// The `model_type` of its checkpoints.
    public static let modelType = "gpt2"
    /// What it is.
    public static let help = "GPT-2, a decoder with learned positions."
    /// What stands in front of its tensors' names in a checkpoint with a head.
    public static let prefix = "transformer."

    /// The width of the hidden states.
    public let hiddenSize: Int
    /// The number of tokens that have an embedding.
    public let vocabularySize: Int
    /// Segments make no difference to it.
    public let tokenTypeCount = Int.max
    /// The positions there are, for virtual and real tokens together.
    public let maximumPositions: Int?
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
    /// A head has a map named `classifier`.
    public let tokenHead: TokenHeadForm
    /// Whether the head's map onto the vocabulary is the table of embeddings.
    public let tiesEmbeddings: Bool
    /// The deviation of new weights.
    public let initializerRange: Double
    /// What a pass computes, in order.
    public let cost: BackboneCost
    /// What training drops.
    public let dropoutRates: DropoutRates
    private let positionEmbeddings: Parameter
    private let layers: [GPT2Layer]
    private let finalNorm: LayerNorm
    private let embeddingDropout: Float
    private let embeddingPath: String

    /// Declares its parameters in `store`; cross attention and unusual scales of scores are refused.
    public init(_ config: ModelConfig, options: BackboneOptions, store: ParameterStore) throws(CheckpointError) {
        try config.require("add_cross_attention", false)
        try config.require("scale_attn_weights", true)
        try config.require("scale_attn_by_inverse_layer_idx", false)
        hiddenSize = try config.size(named: ["hidden_size", "n_embd"], upTo: 1 << 17)
        vocabularySize = try config.size("vocab_size")
        let positions = try config.size(named: ["max_position_embeddings", "n_positions"])
        maximumPositions = positions
        let shape = GPT2Layer.Shape(
            hidden: hiddenSize, heads: try config.size(named: ["num_attention_heads", "n_head"]),
            layers: try config.size(named: ["num_hidden_layers", "n_layer"], upTo: 1024),
            intermediate: try config.optionalSize("n_inner", upTo: 1 << 20) ?? 4 * hiddenSize,
            activation: try config.choice("activation_function", or: .geluTanh, Activation.names),
            epsilon: Float(try config.number("layer_norm_epsilon", or: 1e-5, in: 0...1)),
            deviation: try config.number("initializer_range", or: 0.02, in: 0...10),
            residualDropout: try config.dropout("resid_pdrop", replacedBy: options.hiddenDropout),
            attentionDropout: try config.dropout("attn_pdrop", replacedBy: options.attentionDropout))
        embeddingDropout = Float(try config.dropout("embd_pdrop", replacedBy: options.hiddenDropout))
        guard hiddenSize % shape.heads == 0 else {
            throw config.error("'n_embd' \(hiddenSize) is not a multiple of 'n_head' \(shape.heads)", at: "n_embd")
        }
        let otherDropout = try config.optionalNumber("hidden_dropout", in: 0...0.999)
        let ownDropout = try config.optionalNumber("classifier_dropout", in: 0...0.999) ?? otherDropout
        tokenHead = TokenHeadForm(dropout: options.hiddenDropout ?? ownDropout ?? 0.1)
        tiesEmbeddings = try config.boolean("tie_word_embeddings", or: true)
        initializerRange = shape.deviation

        let scope = store.scope("transformer", owner: .backbone)
        let start = Initialization.normal(deviation: shape.deviation)
        embeddingPath = scope["wte"].path
        wordEmbeddings = try scope["wte"].parameter("weight", [vocabularySize, hiddenSize], start)
        positionEmbeddings = try scope["wpe"].parameter("weight", [positions, hiddenSize], start)
        var layers: [GPT2Layer] = []
        for index in 0..<shape.layers {
            layers.append(try GPT2Layer(scope["h"][index], index: index, shape))
        }
        self.layers = layers
        finalNorm = try LayerNorm(scope["ln_f"], hidden: hiddenSize, epsilon: shape.epsilon)
        attentions = layers.map(\.site)
        sublayers = layers.flatMap { [$0.attentionSublayer, $0.feedForwardSublayer] }
        dropoutRates = DropoutRates(
            embeddings: Double(embeddingDropout), layers: max(shape.residualDropout, shape.attentionDropout))
        cost = BackboneCost(
            embeddings: [wordEmbeddings, positionEmbeddings],
            stages: layers.enumerated().flatMap { $1.stages(isLast: $0 == layers.count - 1).asLayer }
                + [.init([], norms: [finalNorm.weight, finalNorm.bias])],
            summary: nil, hidden: hiddenSize)
    }

    /// Transformers' class with a head whose name ends so; that of the language model is older than the others'.
    public func className(with head: String) -> String {
        "GPT2" + (head == CausalLanguageHead.className ? "LMHeadModel" : head)
    }

    /// The last layer's hidden states of the tokens that are read.
    ///
    /// - Returns: `[rows, hidden]`, a row for each token that is read.
    public func hiddenStates(_ batch: Batch, reading: Reading, _ pass: ForwardPass) -> Variable {
        var x = pass.begin(batch) {
            let words = pass.embed(wordEmbeddings.variable, batch)
            let positions = gather(positionEmbeddings.variable, batch.positions(from: pass.prefixLength))
            return dropout(words + positions, pass.dropout(embeddingDropout, at: embeddingPath))
        }
        for layer in layers {
            let isLast = layer.index == layers.count - 1
            let read = isLast ? reading.rows(of: batch) : nil
            x = pass.layer(x) { layer($0, batch, read: read, pass) }
        }
        return pass.finish(x) { finalNorm($0) }
    }

    /// The last token's hidden state as it is: `[sequences, hidden]`.
    public func summary(_ hidden: Variable, _ pass: ForwardPass) -> Variable { hidden }
}
