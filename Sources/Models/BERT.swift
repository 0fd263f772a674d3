import Autograd
import NN
import Tensors

/// BERT: a bidirectional encoder with learned positions and post-normalisation.
///
///     x = LayerNorm(word + position + type)
///     x = LayerNorm(x + attention(x))        x = LayerNorm(x + W₂ activation(W₁ x))        in each layer
///
/// Names, shapes and arithmetic follow transformers' `BertModel`. Positions start after the virtual tokens of a prefix.
/// Devlin et al., 2018, <https://arxiv.org/abs/1810.04805>.
public struct BERT: Backbone {
    /// The `model_type` of its checkpoints.
    public static let modelType = "bert"
    /// What it is.
    public static let help = "BERT, an encoder with learned positions (also MiniLM and others of its form)."
    /// What stands in front of its tensors' names in a checkpoint with a head.
    public static let prefix = "bert."

    /// The width of the hidden states.
    public let hiddenSize: Int
    /// The number of tokens that have an embedding.
    public let vocabularySize: Int
    /// The number of segments that have an embedding.
    public let tokenTypeCount: Int
    /// The positions there are, for virtual and real tokens together.
    public let maximumPositions: Int?
    /// Its attentions, lowest first.
    public let attentions: [AttentionSite]
    /// Its sub-layers, lowest first.
    public let sublayers: [SublayerSite]
    /// Every token sees all others.
    public let isCausal = false
    /// `[vocabulary, hidden]`
    public let wordEmbeddings: Parameter
    /// A head reads `[CLS]` through the pooler.
    public let sequenceHead: SequenceHeadForm
    /// A head has a map named `classifier`.
    public let tokenHead: TokenHeadForm
    /// A head is named `cls.predictions`.
    public let maskedHead: MaskedHeadForm?
    /// Whether the head's map onto the vocabulary is the table of embeddings.
    public let tiesEmbeddings: Bool
    /// The deviation of new weights.
    public let initializerRange: Double
    /// What a pass computes, in order.
    public let cost: BackboneCost
    /// What training drops.
    public let dropoutRates: DropoutRates
    private let positionEmbeddings: Parameter
    private let typeEmbeddings: Parameter
    private let embeddingNorm: LayerNorm
    private let embeddingPath: String
    private let layers: [BERTLayer]
    private let pooler: Linear?
    private let hiddenDropout: Float

    /// Declares its parameters in `store`; decoders and relative positions are refused.
    public init(_ config: ModelConfig, options: BackboneOptions, store: ParameterStore) throws(CheckpointError) {
        let shape = try BERTLayer.Shape(config, options)
        hiddenSize = shape.hidden
        vocabularySize = try config.size("vocab_size")
        tokenTypeCount = try config.size("type_vocab_size")
        let positions = try config.size("max_position_embeddings")
        maximumPositions = positions
        hiddenDropout = Float(shape.hiddenDropout)

        let scope = store.scope("bert", owner: .backbone)
        let embeddings = scope["embeddings"]
        let start = Initialization.normal(deviation: shape.deviation)
        embeddingPath = embeddings.path
        wordEmbeddings = try embeddings["word_embeddings"].parameter("weight", [vocabularySize, hiddenSize], start)
        positionEmbeddings = try embeddings["position_embeddings"].parameter("weight", [positions, hiddenSize], start)
        typeEmbeddings = try embeddings["token_type_embeddings"]
            .parameter("weight", [tokenTypeCount, hiddenSize], start)
        embeddingNorm = try LayerNorm(embeddings["LayerNorm"], hidden: hiddenSize, epsilon: shape.epsilon)
        var layers: [BERTLayer] = []
        for index in 0..<(try config.size("num_hidden_layers", upTo: 1024)) {
            layers.append(try BERTLayer(scope["encoder"]["layer"][index], index: index, shape))
        }
        self.layers = layers
        pooler = options.hasSummary ? try Self.pooler(scope, store, hidden: hiddenSize, shape.deviation) : nil
        attentions = layers.map(\.site)
        sublayers = layers.flatMap { [$0.attentionSublayer, $0.feedForwardSublayer] }
        let ownDropout = try config.optionalNumber("classifier_dropout", in: 0...0.999)
        let headDropout = options.hiddenDropout ?? ownDropout ?? shape.hiddenDropout
        sequenceHead = SequenceHeadForm(reading: .firstToken, name: "classifier", hasBias: true, dropout: headDropout)
        tokenHead = TokenHeadForm(dropout: headDropout)
        maskedHead = MaskedHeadForm(
            name: "cls.predictions", transform: "transform.dense", norm: "transform.LayerNorm",
            activation: shape.activation, epsilon: shape.epsilon)
        tiesEmbeddings = try config.boolean("tie_word_embeddings", or: true)
        initializerRange = shape.deviation
        let below = [wordEmbeddings, positionEmbeddings, typeEmbeddings, embeddingNorm.weight, embeddingNorm.bias]
        dropoutRates = DropoutRates(shape)
        cost = BackboneCost(
            embeddings: below,
            stages: layers.enumerated().flatMap { $1.stages(isLast: $0 == layers.count - 1).asLayer },
            summary: pooler?.site, hidden: hiddenSize)
    }

    /// Transformers' class with a head whose name ends so.
    public func className(with head: String) -> String { "Bert" + head }

    /// The map in front of heads that judge whole sequences; where the checkpoint has none it belongs to the head and is trained.
    static func pooler(
        _ scope: ParameterScope, _ store: ParameterStore, hidden: Int, _ deviation: Double
    ) throws(CheckpointError) -> Linear {
        let path = scope["pooler"]["dense"].path
        let isPretrained = try store.has(path + ".weight")
        return try Linear(
            store.scope(path, owner: isPretrained ? .backbone : .head), inputs: hidden, outputs: hidden,
            deviation: deviation)
    }

    /// The last layer's hidden states of the tokens that are read.
    ///
    /// - Returns: `[rows, hidden]`, a row for each token that is read.
    public func hiddenStates(_ batch: Batch, reading: Reading, _ pass: ForwardPass) -> Variable {
        var x = pass.begin(batch) {
            let words = pass.embed(wordEmbeddings.variable, batch)
            let positions = gather(positionEmbeddings.variable, batch.positions(from: pass.prefixLength))
            let types = gather(typeEmbeddings.variable, batch.tokenTypeIDs)
            return dropout(embeddingNorm(words + positions + types), pass.dropout(hiddenDropout, at: embeddingPath))
        }
        for layer in layers {
            let isLast = layer.index == layers.count - 1
            let read = isLast ? reading.rows(of: batch) : nil
            x = pass.layer(x) { layer($0, batch, read: read, pass) }
        }
        return x
    }

    /// The first token's hidden state through the pooler: `[sequences, hidden]`.
    public func summary(_ hidden: Variable, _ pass: ForwardPass) -> Variable {
        pooler.map { $0(hidden, activation: .tanh, pass) } ?? hidden
    }
}
