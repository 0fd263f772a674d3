import Generation
import Models
import NN
import Tasks
import Tensors
import Tuners
import YAML

/// A checkpoint with a head and methods attached: the network, before any weight is read.
public struct BuiltModel {
    /// The network.
    public let model: TunedModel
    /// Its parameters.
    public let store: ParameterStore
    /// The family of the backbone.
    public let family: String
    /// The checkpoint's folder, or the file of its configuration where it has none.
    public let path: String
    /// The configuration.
    let config: Node
    /// Keys of the configuration that nothing read, among them none that are known to change no numbers.
    public let unreadKeys: [String]
    /// The folder of the tokenizer.
    public let tokenizer: TokenizerFolder
    /// The backbone with nothing attached.
    let bare: TunerGraph
    private let tuners: [any Tuner]

    /// Builds the network of a checkpoint.
    ///
    /// - Parameters:
    ///   - taskName: names the head.
    ///   - labels: what the head distinguishes.
    ///   - tuners: attached one after the other.
    ///   - classifierPosition: what a classifier on an encoder reads.
    ///   - vocabulary: the number of tokens, for a configuration that leaves it to the tokenizer.
    ///   - checkpointsLayers: whether training makes what layers compute again in backward.
    /// - Throws: `CheckpointError` or `AttachmentError`.
    init(
        _ section: ModelSection, taskName: String, labels: LabelSpace, tuners: [any Tuner], seed: Int,
        classifierPosition: ClassifierPosition = .firstToken, vocabulary: Int? = nil, checkpointsLayers: Bool = false
    ) throws {
        let origin = try ModelOrigin(section, vocabulary: vocabulary)
        let config = ModelConfig(origin.config)
        guard let entry = backbones.first(where: { $0.name == config.modelType }) else {
            throw CheckpointError(
                origin.path,
                .malformed(
                    "a model of type '\(config.modelType ?? "unknown")' is not supported; supported: "
                        + backbones.map(\.name).joined(separator: ", ")))
        }
        guard let headEntry = heads.first(where: { $0.name == taskName }) else {
            throw AttachmentError(nil, "there is no head for the task '\(taskName)'")
        }
        let store = ParameterStore(
            origin.checkpoint, prefix: entry.prefix, seed: UInt64(seed), precision: section.dtype)
        let backbone = try entry.make(config, BackboneOptions(section, headEntry), store)
        if let refusal = headEntry.refusal(backbone.kind) {
            throw AttachmentError(nil, "\(taskName) does not go with a model of type '\(entry.name)': \(refusal)")
        }
        let head = try headEntry.make(
            HeadSite(backbone, labels: labels, config: config, classifierPosition: classifierPosition), store)
        try store.checkComplete()
        var graph = TunerGraph(entry, backbone, store)
        bare = graph
        for tuner in tuners { try tuner.attach(to: &graph) }
        if let mistake = Self.mistake(classifierPosition, backbone, graph) {
            throw AttachmentError(nil, "task.classifier_position: \(mistake)")
        }
        model = TunedModel(
            backbone: backbone, head: head, graph: graph, dropsFrozenPart: section.frozenDropout,
            checkpointsLayers: checkpointsLayers)
        self.store = store
        self.tuners = tuners
        family = entry.name
        path = origin.path
        self.config = origin.config
        unreadKeys = config.keysWithoutMeaning.map(\.key)
        tokenizer = origin.tokenizer
    }

    /// What is wrong about what a classifier is to read of this model.
    static func mistake(_ position: ClassifierPosition, _ backbone: any Backbone, _ graph: TunerGraph) -> String? {
        if position == .firstToken { return nil }
        let reason: String
        if backbone.sequenceHead.reading != .firstToken {
            reason = "on this model a classifier reads the last token"
        } else if graph.prompt == nil {
            reason = "no virtual tokens stand in front of the first token"
        } else {
            return nil
        }
        return "\(reason), so there is no other position to read; leave it out"
    }

    /// Checks that the embedding table has a row for every token of the tokenizer.
    func check(vocabulary count: Int) throws(CheckpointError) {
        if let mistake = mismatch(vocabulary: count) { throw CheckpointError(path, .malformed(mistake)) }
    }

    /// What is wrong where the embedding table has no row for some of so many tokens.
    func mismatch(vocabulary count: Int) -> String? {
        let size = model.backbone.vocabularySize
        if count <= size { return nil }
        return "the vocabulary has \(count) tokens, the model embeds \(size); they belong to different models"
    }

    /// Checks what a task's features will ask of the model: segments, and embeddings for virtual tokens that a template places.
    func check(_ task: any TaskType) throws(AdapterError) {
        let made = model.graph.prompt?.length ?? 0
        guard task.virtualTokens == 0 || task.virtualTokens == made else {
            throw AdapterError(
                path, "the template places \(task.virtualTokens) virtual tokens, but the model has \(made)")
        }
        guard model.backbone.tokenTypeCount >= task.segments else {
            throw AdapterError(
                path,
                "the task needs \(task.segments) segments, but the model's type_vocab_size is "
                    + "\(model.backbone.tokenTypeCount); set task.return_token_type_ids to false")
        }
    }

    /// Lets methods that start from real text take their start; before the first step of a new training.
    func startFromText() throws {
        let reader = ModelTextReader(self)
        for tuner in tuners { try tuner.start(model.graph, from: reader) }
    }

    /// Gives parameters the values that were saved of them, before their first use.
    ///
    /// - Parameter source: where the values come from, for messages.
    /// - Throws: when a value has another shape or no place here, or a trained parameter has no value.
    func load(_ values: [String: Tensor], from source: String) throws(AdapterError) {
        var left = values
        var missing: [String] = []
        for parameter in model.graph.parameters {
            guard let value = left.removeValue(forKey: parameter.path) else {
                if parameter.isTrained && !parameter.isFromCheckpoint { missing.append(parameter.path) }
                continue
            }
            guard value.shape.count == parameter.shape.count, value.shape == parameter.shape else {
                throw AdapterError(
                    source,
                    "'\(parameter.path)' has the shape \(value.shape), this model needs \(parameter.shape): "
                        + "the adapter was made for another model or other settings")
            }
            parameter.restore(value)
        }
        if let other = left.keys.sorted().first {
            let more = left.count > 1 ? " and \(left.count - 1) more" : ""
            throw AdapterError(
                source, "'\(other)'\(more) has no place in this model: the adapter was made for another model or task")
        }
        if let first = missing.first {
            let more = missing.count > 1 ? " and \(missing.count - 1) more" : ""
            throw AdapterError(source, "it has no values for '\(first)'\(more), which this model trains")
        }
    }
}

extension ModelConfig {
    /// Keys that mean nothing to the model, once it is built, nor to what it generates.
    var keysWithoutMeaning: [Node.Pair] { unreadKeys.filter { !GenerationDefaults.knows($0.key) } }
}

extension TunerGraph {
    /// The graph of a backbone before anything is attached.
    init(_ entry: BackboneEntry, _ backbone: any Backbone, _ store: ParameterStore) {
        self.init(
            family: entry.name, attentions: backbone.attentions, sublayers: backbone.sublayers,
            wordEmbeddings: backbone.wordEmbeddings, store: store)
    }
}
