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

    /// The name of a transformers model of this family with a head.
    func architecture(head: HeadArchitecture) -> String

    /// The width of the hidden states.
    var hiddenSize: Int { get }
    /// The number of tokens that have an embedding.
    var vocabularySize: Int { get }
    /// The number of segments that have an embedding.
    var tokenTypeCount: Int { get }
    /// How many positions there are for virtual and real tokens together; nil when any number.
    var maximumPositions: Int? { get }
    /// Its attentions, lowest first.
    var attentions: [AttentionSite] { get }
    /// Its sub-layers, lowest first.
    var sublayers: [SublayerSite] { get }
    /// Whether a token sees only those before it and itself.
    var isCausal: Bool { get }
    /// The table of the input embeddings, `[vocabulary, hidden]`.
    var wordEmbeddings: Parameter { get }
    /// How a head that judges whole sequences is made in this family.
    var sequenceHead: SequenceHeadForm { get }
    /// The dropout in front of a head that judges tokens.
    var tokenHeadDropout: Double { get }
    /// The deviation that new weights of a head start with.
    var initializerRange: Double { get }
    /// What a pass computes, in order.
    var cost: BackboneCost { get }

    /// The last layer's hidden states of the tokens that are read.
    ///
    /// - Parameter batch: virtual tokens included where the graph has a prompt.
    /// - Returns: `[rows, hidden]`, a row for each token that is read.
    func hiddenStates(_ batch: Batch, reading: Reading, _ pass: ForwardPass) -> Variable

    /// What stands for whole sequences, from the hidden states that the sequence head's reading gave: `[sequences, hidden]`.
    func summary(_ hidden: Variable, _ pass: ForwardPass) -> Variable
}

/// How a head that judges whole sequences is made in a family of models.
public struct SequenceHeadForm: Hashable, Sendable {
    /// The token that has seen the whole sequence.
    public var reading: Reading
    /// The name of the head's map in checkpoints.
    public var name: String
    /// Whether the map has a bias.
    public var hasBias: Bool
    /// The dropout in front of it.
    public var dropout: Double

    /// A head that reads one token, with a map of this name.
    public init(reading: Reading, name: String, hasBias: Bool, dropout: Double) {
        self.reading = reading
        self.name = name
        self.hasBias = hasBias
        self.dropout = dropout
    }
}

/// What a manifest changes of a checkpoint's configuration.
public struct BackboneOptions: Hashable, Sendable {
    /// Replaces `hidden_dropout_prob`.
    public var hiddenDropout: Double?
    /// Replaces `attention_probs_dropout_prob`.
    public var attentionDropout: Double?
    /// Whether a head reads a summary of whole sequences, for which some families have a map of their own.
    public var hasSummary: Bool

    /// No change unless given.
    public init(hiddenDropout: Double? = nil, attentionDropout: Double? = nil, hasSummary: Bool = false) {
        self.hiddenDropout = hiddenDropout
        self.attentionDropout = attentionDropout
        self.hasSummary = hasSummary
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

    /// The entry of a backbone type.
    public init<Type: Backbone>(_: Type.Type) {
        name = Type.modelType
        help = Type.help
        prefix = Type.prefix
        make = { config, options, store throws(CheckpointError) in
            try Type(config, options: options, store: store)
        }
    }
}

/// Every backbone that a checkpoint can name. To add one, write its file and add its line.
public let backbones: [BackboneEntry] = [
    BackboneEntry(BERT.self),
    BackboneEntry(GPT2.self),
]
