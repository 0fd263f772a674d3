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
    /// Its attentions, lowest first.
    var attentions: [AttentionSite] { get }
    /// What a pass costs.
    var cost: EncoderCost { get }

    /// The last layer's hidden states of the tokens that are read.
    ///
    /// - Returns: `[tokens, hidden]`, or `[batch, hidden]` for one token per sequence.
    func hiddenStates(_ batch: Batch, reading: Reading, _ pass: ForwardPass) -> Variable
}

/// What a manifest changes of a checkpoint's configuration.
public struct BackboneOptions: Hashable, Sendable {
    /// Replaces `hidden_dropout_prob`.
    public var hiddenDropout: Double?
    /// Replaces `attention_probs_dropout_prob`.
    public var attentionDropout: Double?

    /// No change unless given.
    public init(hiddenDropout: Double? = nil, attentionDropout: Double? = nil) {
        self.hiddenDropout = hiddenDropout
        self.attentionDropout = attentionDropout
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
    BackboneEntry(BERT.self)
]
