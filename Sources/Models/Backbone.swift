import Autograd
import NN
import Tensors
import YAML

/// A pretrained network that turns tokens into hidden states; it offers sites and knows no method and no head.
public protocol Backbone: SendableMetatype {
    /// The `model_type` in `config.json` that names it.
    static var modelType: String { get }
    /// What it is, in one sentence.
    static var help: String { get }
    /// The prefix of its tensors' names in a checkpoint with a head, for example `bert.`.
    static var prefix: String { get }

    /// Declares every parameter in `store`; reads no weight.
    ///
    /// - Parameters:
    ///   - config: the checkpoint's `config.json`.
    ///   - options: what a manifest changes of it.
    /// - Throws: when the configuration lacks a number or asks for something that is not supported, or a tensor's shape differs.
    init(_ config: ModelConfig, options: BackboneOptions, store: ParameterStore) throws(CheckpointError)

    /// The width of the hidden states.
    var hiddenSize: Int { get }
    /// The number of tokens that have an embedding.
    var vocabularySize: Int { get }
    /// The number of segments that have an embedding.
    var tokenTypeCount: Int { get }
    /// How many positions there are for virtual and real tokens together; nil when any number.
    var maximumPositions: Int? { get }
    /// What those are, for messages that say that a sequence has more.
    var positionsName: String { get }
    /// Its attentions, lowest first.
    var attentions: [AttentionSite] { get }
    /// Its sub-layers, lowest first.
    var sublayers: [SublayerSite] { get }
    /// Whether a token sees only those before it and itself.
    var isCausal: Bool { get }
    /// What it reads and gives, which decides the heads that can read it.
    var kind: BackboneKind { get }
    /// The table of the input embeddings, `[vocabulary, hidden]`.
    var wordEmbeddings: Parameter { get }
    /// How a head that judges whole sequences is made in this family.
    var sequenceHead: SequenceHeadForm { get }
    /// How a head that judges tokens is made in this family.
    var tokenHead: TokenHeadForm { get }
    /// How a head that finds masked words is made in this family; nil for a decoder.
    var maskedHead: MaskedHeadForm? { get }
    /// Whether the map of a language model's head onto the vocabulary is the table of the input embeddings.
    var tiesEmbeddings: Bool { get }
    /// The deviation that new weights of a head start with.
    var initializerRange: Double { get }
    /// What a pass computes, in order.
    var cost: BackboneCost { get }
    /// What training drops.
    var dropoutRates: DropoutRates { get }

    /// Transformers' class of it with a head, whose name ends in `head`, for example `BertForTokenClassification`.
    func className(with head: String) -> String

    /// The last layer's hidden states of the tokens that are read.
    ///
    /// - Parameter batch: virtual tokens included where the graph has a prompt.
    /// - Returns: `[rows, hidden]`, a row for each token that is read.
    func hiddenStates(_ batch: Batch, reading: Reading, _ pass: ForwardPass) -> Variable

    /// What stands for whole sequences, from the hidden states that the sequence head's reading gave: `[sequences, hidden]`.
    func summary(_ hidden: Variable, _ pass: ForwardPass) -> Variable
}

extension Backbone {
    /// An encoder or a decoder, unless it says otherwise.
    public var kind: BackboneKind { isCausal ? .decoder : .encoder }

    /// Rows of a table of positions, or what else there is one of for each, unless it says otherwise.
    public var positionsName: String { "positions" }

    /// It is a decoder, unless it says otherwise.
    public var maskedHead: MaskedHeadForm? { nil }
}

/// The shares of elements that training drops in a backbone.
public struct DropoutRates: Hashable, Sendable {
    /// Of the embeddings.
    public var embeddings: Double
    /// In its layers, the largest.
    public var layers: Double

    /// These shares.
    public init(embeddings: Double, layers: Double) {
        self.embeddings = embeddings
        self.layers = layers
    }
}

/// What a backbone reads and gives.
public enum BackboneKind: Hashable, Sendable {
    /// Each token sees all others.
    case encoder
    /// Each token sees those before it and itself.
    case decoder
    /// An encoder reads a source, and a decoder beside it other tokens.
    case encoderDecoder
}

/// What a manifest changes of a checkpoint's configuration, and what its head asks for.
public struct BackboneOptions: Hashable, Sendable {
    /// Replaces `hidden_dropout_prob`.
    public var hiddenDropout: Double?
    /// Replaces `attention_probs_dropout_prob`.
    public var attentionDropout: Double?
    /// Whether a head reads a summary of whole sequences, for which some families have a map of their own.
    public var hasSummary: Bool
    /// What the name of transformers' class with the head ends in, by which some families name or build their parameters; nil for none.
    public var headClass: String?

    /// No change unless given.
    public init(
        hiddenDropout: Double? = nil, attentionDropout: Double? = nil, hasSummary: Bool = false,
        headClass: String? = nil
    ) {
        self.hiddenDropout = hiddenDropout
        self.attentionDropout = attentionDropout
        self.hasSummary = hasSummary
        self.headClass = headClass
    }

    /// What a head asks for.
    public init(_ head: HeadEntry, hiddenDropout: Double? = nil, attentionDropout: Double? = nil) {
        self.init(
            hiddenDropout: hiddenDropout, attentionDropout: attentionDropout, hasSummary: head.readsSummary,
            headClass: head.className)
    }
}

/// One backbone that a checkpoint can name.
public struct BackboneEntry: Sendable {
    /// The `model_type`.
    public let name: String
    /// What it is.
    public let help: String
    /// The prefix of its tensors' names.
    public let prefix: String
    /// Declares the network in a store.
    public let make: @Sendable (ModelConfig, BackboneOptions, ParameterStore) throws(CheckpointError) -> any Backbone

    /// The entry of a backbone type, which may serve several families that differ by their configurations.
    public init<Type: Backbone>(_: Type.Type, name: String = Type.modelType, help: String = Type.help) {
        self.name = name
        self.help = help
        prefix = Type.prefix
        make = { config, options, store throws(CheckpointError) in
            try config.refuseOtherWeights()
            return try Type(config, options: options, store: store)
        }
    }
}

/// Every backbone that a checkpoint can name. To add one, write its file and add its line.
public let backbones: [BackboneEntry] = [
    BackboneEntry(BERT.self),
    BackboneEntry(RoBERTa.self),
    BackboneEntry(RoBERTa.self, name: "xlm-roberta", help: "XLM-RoBERTa, RoBERTa of a hundred languages."),
    BackboneEntry(GPT2.self),
    BackboneEntry(LLaMA.self),
    BackboneEntry(LLaMA.self, name: "mistral", help: "Mistral, of LLaMA's form, within its sliding window."),
    BackboneEntry(LLaMA.self, name: "qwen2", help: "Qwen2, of LLaMA's form, with biases in its attentions."),
    BackboneEntry(BLOOM.self),
    BackboneEntry(T5.self),
    BackboneEntry(T5.self, name: "mt5", help: "mT5, T5 of a hundred languages."),
]
