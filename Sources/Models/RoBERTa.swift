import Autograd
import NN
import Tensors

/// RoBERTa: BERT's layers with positions that count from behind the padding token's index, and another classification head.
///
///     x = LayerNorm(word + position[padding + 1 + place] + type)
///
/// The token types that a feature has are those of BERT; with a table of one type all tokens have that. Names, shapes and arithmetic
/// follow transformers' `RobertaModel`, and for `xlm-roberta` `XLMRobertaModel`, which differ by their names alone. Positions start
/// after the virtual tokens of a prefix.
/// Liu et al., 2019, <https://arxiv.org/abs/1907.11692>; Conneau et al., 2019, <https://arxiv.org/abs/1911.02116>.
public struct RoBERTa: Backbone {
    /// The `model_type` of its checkpoints.
    public static let modelType = "roberta"
    /// What it is.
    public static let help = "RoBERTa, an encoder of BERT's layers with learned positions."
    /// What stands in front of its tensors' names in a checkpoint with a head.
    public static let prefix = "roberta."

    /// The width of the hidden states.
    public let hiddenSize: Int
    /// The number of tokens that have an embedding.
    public let vocabularySize: Int
    /// Segments make no difference where there is one type, else they need an embedding each.
    public let tokenTypeCount: Int
    /// The positions there are, for virtual and real tokens together: those of the table behind the padding's.
    public let maximumPositions: Int?
    /// Its attentions, lowest first.
    public let attentions: [AttentionSite]
    /// Its sub-layers, lowest first.
    public let sublayers: [SublayerSite]
    /// Every token sees all others.
    public let isCausal = false
    /// `[vocabulary, hidden]`
    public let wordEmbeddings: Parameter
    /// A classification head reads `<s>` through a map of its own, others through the pooler.
    public let sequenceHead: SequenceHeadForm
    /// A head has a map named `classifier`.
    public let tokenHead: TokenHeadForm
    /// A head is named `lm_head`.
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
    private let paddingID: Int
    private let name: String

    /// Declares its parameters in `store`; decoders and relative positions are refused.
    public init(_ config: ModelConfig, options: BackboneOptions, store: ParameterStore) throws(CheckpointError) {
        let shape = try BERTLayer.Shape(config, options)
        hiddenSize = shape.hidden
        hiddenDropout = Float(shape.hiddenDropout)
        vocabularySize = try config.size("vocab_size")
        let types = try config.size("type_vocab_size")
        tokenTypeCount = types == 1 ? .max : types
        let positions = try config.size("max_position_embeddings")
        paddingID = try config.padding(below: positions - 1)
        maximumPositions = positions - paddingID - 1
        name = config.modelType == "xlm-roberta" ? "XLMRoberta" : "Roberta"

        let scope = store.scope("roberta", owner: .backbone)
        let embeddings = scope["embeddings"]
        let start = Initialization.normal(deviation: shape.deviation)
        embeddingPath = embeddings.path
        wordEmbeddings = try embeddings["word_embeddings"].parameter("weight", [vocabularySize, hiddenSize], start)
        positionEmbeddings = try embeddings["position_embeddings"].parameter("weight", [positions, hiddenSize], start)
        typeEmbeddings = try embeddings["token_type_embeddings"].parameter("weight", [types, hiddenSize], start)
        embeddingNorm = try LayerNorm(embeddings["LayerNorm"], hidden: hiddenSize, epsilon: shape.epsilon)
        var layers: [BERTLayer] = []
        for index in 0..<(try config.size("num_hidden_layers", upTo: 1024)) {
            layers.append(try BERTLayer(scope["encoder"]["layer"][index], index: index, shape))
        }
        self.layers = layers
        let hasInnerMap = options.headClass == SequenceClassificationHead.className
        pooler =
            options.hasSummary && !hasInnerMap
            ? try BERT.pooler(scope, store, hidden: hiddenSize, shape.deviation) : nil
        attentions = layers.map(\.site)
        sublayers = layers.flatMap { [$0.attentionSublayer, $0.feedForwardSublayer] }
        let ownDropout = try config.optionalNumber("classifier_dropout", in: 0...0.999)
        let headDropout = options.hiddenDropout ?? ownDropout ?? shape.hiddenDropout
        sequenceHead = SequenceHeadForm(
            reading: .firstToken, name: "classifier", hasBias: true, hasInnerMap: hasInnerMap, dropout: headDropout)
        tokenHead = TokenHeadForm(dropout: headDropout)
        maskedHead = MaskedHeadForm(
            name: "lm_head", transform: "dense", norm: "layer_norm", activation: .gelu, epsilon: shape.epsilon)
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
    public func className(with head: String) -> String { name + head }

    /// The last layer's hidden states of the tokens that are read.
    ///
    /// - Returns: `[rows, hidden]`, a row for each token that is read.
    public func hiddenStates(_ batch: Batch, reading: Reading, _ pass: ForwardPass) -> Variable {
        var x = pass.begin(batch) {
            let words = pass.embed(wordEmbeddings.variable, batch)
            let positions = gather(positionEmbeddings.variable, self.positions(batch, pass))
            let noTypes = [Int32](repeating: 0, count: batch.inputIDs.count)
            let types = gather(typeEmbeddings.variable, tokenTypeCount == .max ? noTypes : batch.tokenTypeIDs)
            return dropout(embeddingNorm(words + positions + types), pass.dropout(hiddenDropout, at: embeddingPath))
        }
        for layer in layers {
            let isLast = layer.index == layers.count - 1
            let read = isLast ? reading.rows(of: batch) : nil
            x = pass.layer(x) { layer($0, batch, read: read, pass) }
        }
        return x
    }

    /// Rows of the table of positions; a padding token among the words, written out in a text, stands at its own and is not counted,
    /// unless virtual tokens stand there too: `[tokens]`.
    private func positions(_ batch: Batch, _ pass: ForwardPass) -> [Int32] {
        let padding = Int32(paddingID)
        let positions = batch.positions(from: paddingID + 1 + pass.prefixLength)
        guard !batch.hasVirtualTokens, batch.inputIDs.contains(padding) else { return positions }
        return zip(batch.offsets, batch.offsets.dropFirst()).flatMap { start, end in
            var next = padding + 1 + Int32(pass.prefixLength)
            return batch.inputIDs[start..<end].map { id in
                if id == padding { return padding }
                defer { next += 1 }
                return next
            }
        }
    }

    /// The first token's hidden state, through the pooler where the head has no map of its own: `[sequences, hidden]`.
    public func summary(_ hidden: Variable, _ pass: ForwardPass) -> Variable {
        pooler.map { $0(hidden, activation: .tanh, pass) } ?? hidden
    }
}

extension ModelConfig {
    /// The padding token's index, from 0 to below `limit`; 1 where there is none.
    fileprivate func padding(below limit: Int) throws(CheckpointError) -> Int {
        guard let value = self["pad_token_id"] else { return 1 }
        guard let index = value.integer, 0..<limit ~= index else {
            throw error(
                "'pad_token_id' must be a whole number from 0, and 'max_position_embeddings' larger by two or more",
                at: "pad_token_id")
        }
        return index
    }
}
