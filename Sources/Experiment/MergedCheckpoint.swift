import Files
import NN
import Tasks
import Tensors
import Tuners
import YAML

/// A checkpoint that needs no adapter: the model's weights with what was trained in them, its configuration, and its tokenizer.
struct MergedCheckpoint {
    private let built: BuiltModel
    private let tuners: [NamedTuner]
    private let taskName: String
    private let labels: LabelSpace

    init(_ built: BuiltModel, _ tuners: [NamedTuner], taskName: String, labels: LabelSpace) {
        self.built = built
        self.tuners = tuners
        self.taskName = taskName
        self.labels = labels
    }

    /// Writes the files into `folder`, which is made when it is missing.
    ///
    /// - Throws: `AdapterError` where no weights compute what was trained.
    func write(to folder: String) throws {
        let weights = try weights(folder)
        try Folder.make(folder)
        try AtomicFile.write(SafeTensors.data(weights), to: "\(folder)/model.safetensors")
        try AtomicFile.write(config().prettyText, to: "\(folder)/config.json")
        try built.tokenizer.copy(to: folder)
    }

    private func weights(_ folder: String) throws -> [String: Tensor] {
        let graph = built.model.graph
        var weights: [String: Tensor] = [:]
        let parameters = Dictionary(graph.parameters.map { ($0.path, $0) }) { first, _ in first }
        for method in tuners {
            guard let merged = method.tuner.merged(in: graph) else {
                throw AdapterError(
                    folder, "\(method.name) cannot be merged: no weights compute the same; use 'export --format peft'")
            }
            for (path, value) in merged {
                // A method that trains the weight itself leaves it as it is for one that adds to it.
                let own = parameters[path]?.variable.value
                if value == own && weights[path] != nil { continue }
                if let other = weights[path], other != value, other != own {
                    throw AdapterError(
                        folder, "two methods change '\(path)'; they cannot be merged into one checkpoint")
                }
                weights[path] = value
            }
        }
        for parameter in graph.parameters where parameter.owner != .tuner {
            weights[parameter.path] = weights[parameter.path] ?? parameter.variable.value
        }
        return weights
    }

    /// Whether no checkpoint was there before it, whose files say what its tokens mean.
    private var isNew: Bool { !FileContents.exists("\(built.path)/config.json") }

    /// Says which tokens begin and end texts, where the configuration does not: transformers would take those of other vocabularies.
    private func addTokens(to keys: inout [String: JSON]) throws(DataError) {
        let special = try built.tokenizer.tokenizer().special
        let starts = built.model.readsSource && keys["decoder_start_token_id"] == nil && keys["pad_token_id"] == nil
        let tokens = [
            ("bos_token_id", special.begin), ("eos_token_id", special.end),
            ("decoder_start_token_id", starts ? special.padding : nil),
        ]
        for (key, id) in tokens where keys[key] == nil && (id != nil || key != "decoder_start_token_id") {
            keys[key] = id.map { JSON.integer(Int($0)) } ?? .null
        }
    }

    /// The model's configuration, with the head's architecture and labels.
    private func config() throws(DataError) -> JSON {
        guard case .object(var keys) = JSON(built.config) else { return JSON(built.config) }
        keys["architectures"] = [.string(built.model.className)]
        if isNew { try addTokens(to: &keys) }
        guard LabelFile.hasNamedLabels(taskName) else { return .object(keys) }
        let names = labels.kind == .value ? ["LABEL_0"] : labels.names
        let pairs = names.enumerated().map { ($1, $0) }
        keys["id2label"] = .object(Dictionary(pairs.map { ("\($1)", JSON.string($0)) }) { first, _ in first })
        keys["label2id"] = .object(Dictionary(pairs.map { ($0, JSON.integer($1)) }) { first, _ in first })
        let problems: [LabelSpace.Kind: String] = [
            .classes: "single_label_classification", .flags: "multi_label_classification", .value: "regression",
        ]
        if taskName == "SEQ_CLS" { keys["problem_type"] = problems[labels.kind].map { JSON.string($0) } ?? .null }
        return .object(keys)
    }
}
