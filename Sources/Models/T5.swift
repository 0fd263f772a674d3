import Autograd
import NN
import Tensors

/// T5: an encoder-decoder whose attentions know distances between tokens in the place of positions.
///
///     x = word
///     x = x + attention(RMSNorm(x))                     to its own tokens, in the decoder to those so far
///     x = x + attention(RMSNorm(x), encoded)            in the decoder, to what the encoder made of the source
///     x = x + W₂ relu(W₁ RMSNorm(x))                    or W₃ (gelu(W₁ n) * W₂ n), n = RMSNorm(x)
///     hidden = RMSNorm(x)
///
/// Scores are not scaled, and no map has a bias. To the scores of a token's attention to its own sequence a number is added that depends on
/// the head and on the distance, the same in all layers of a network (`T5Distances`); the virtual tokens of a prefix stand in front of
/// the others. Both networks read one table of embeddings. Where the vocabulary's map is that table, hidden states are divided by
/// `sqrt(d_model)` in front of it.
///
/// Names, shapes and arithmetic follow transformers' `T5ForConditionalGeneration`, and for `mt5` `MT5ForConditionalGeneration`.
/// Raffel et al., 2019, <https://arxiv.org/abs/1910.10683>; Shazeer, 2020, <https://arxiv.org/abs/2002.05202>; Xue et al., 2020,
/// <https://arxiv.org/abs/2010.11934>.
public struct T5: EncoderDecoder {
    /// The `model_type` of its checkpoints.
    public static let modelType = "t5"
    /// What it is.
    public static let help = "T5, an encoder-decoder with biases by distance (v1.0, v1.1, Flan)."
    /// Tensors have the same names with a head and without.
    public static let prefix = ""

    /// The width of the hidden states.
    public let hiddenSize: Int
    /// The number of tokens that have an embedding.
    public let vocabularySize: Int
    /// Segments make no difference to it.
    public let tokenTypeCount = Int.max
    /// There is no table of positions.
    public let maximumPositions: Int? = nil
    /// Its attentions: the encoder's, then of each layer of the decoder that to its own tokens and that to the source.
    public let attentions: [AttentionSite]
    /// Its sub-layers, in the same order.
    public let sublayers: [SublayerSite]
    /// `[vocabulary, hidden]`
    public let wordEmbeddings: Parameter
    /// Whether the head's map onto the vocabulary is the table of embeddings.
    public let tiesEmbeddings: Bool
    /// One, or 1 / sqrt(d_model).
    public let outputScale: Float
    /// The deviation of new weights.
    public let initializerRange: Double
    /// What a pass computes, in order.
    public let cost: BackboneCost
    /// What training drops.
    public let dropoutRates: DropoutRates
    private let encoder: T5Stack
    private let decoder: T5Stack
    private let name: String

    /// Declares its parameters in `store`; encoders alone and weights that the two networks share are refused.
    public init(_ config: ModelConfig, options: BackboneOptions, store: ParameterStore) throws(CheckpointError) {
        let shape = try T5Shape(config, options)
        hiddenSize = shape.hidden
        vocabularySize = try config.size("vocab_size")
        initializerRange = shape.factor
        name = config.modelType == "mt5" ? "MT5" : "T5"
        // In mT5 the two are separate unless the configuration says otherwise.
        tiesEmbeddings = try config.boolean("tie_word_embeddings", or: config.modelType != "mt5")
        outputScale = tiesEmbeddings ? 1 / Float(shape.hidden).squareRoot() : 1

        // Some files have the shared table under the name that it has in a network.
        store.alias("shared.", "encoder.embed_tokens.")
        let root = store.scope("", owner: .backbone)
        wordEmbeddings = try root["shared"].parameter(
            "weight", [vocabularySize, shape.hidden], .normal(deviation: shape.factor))
        encoder = try T5Stack(root["encoder"], shape, layers: shape.layers, after: nil)
        decoder = try T5Stack(root["decoder"], shape, layers: shape.decoderLayers, after: encoder)
        attentions = encoder.attentions + decoder.attentions
        sublayers = encoder.sublayers + decoder.sublayers
        dropoutRates = DropoutRates(
            embeddings: shape.hiddenDropout, layers: max(shape.hiddenDropout, shape.attentionDropout))
        cost = BackboneCost(
            embeddings: [wordEmbeddings], stages: encoder.stages + decoder.stages, summary: nil, hidden: shape.hidden)
    }

    /// Transformers' class with a head whose name ends so.
    public func className(with head: String) -> String { name + head }

    /// What the encoder makes of the source: `[tokens, hidden]`.
    public func encode(_ batch: Batch, _ pass: ForwardPass) -> Variable {
        encoder(pass.embed(wordEmbeddings.variable, batch), offsets: batch.offsets, memory: nil, pass)
    }

    /// The decoder's last hidden states: `[decoderTokens, hidden]`.
    public func decode(_ batch: Batch, memory: Variable?, _ pass: ForwardPass) -> Variable {
        decoder(
            gather(wordEmbeddings.variable, batch.decoderInputIDs), offsets: batch.decoderOffsets,
            memory: memory.map { T5Attention.Memory(rows: $0, offsets: batch.offsets) }, past: batch.pastCounts, pass)
    }
}
