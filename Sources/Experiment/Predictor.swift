import Configuration
import Files
import Foundation
import Models
import NN
import Tasks
import Tensors
import Tuners
import YAML

/// A trained model that answers for new inputs.
public struct Predictor {
    private let built: BuiltModel
    private let task: any TaskType
    private let labels: LabelSpace
    private let preparation: Preparation
    private let batchSize: Int
    /// What is worth knowing about the adapter: keys of its configuration that were passed over.
    public let notes: [String]

    /// The model of a finished run.
    ///
    /// - Parameter folder: the run's folder, which holds `manifest.yaml` and `adapter`.
    public init(run folder: String, _ workspace: Workspace) throws {
        let trained = try TrainedRun(folder)
        built = trained.built
        labels = trained.labels
        task = trained.task
        preparation = Preparation(tokenizer: built.tokenizer, config: built.config, cache: workspace.cache)
        batchSize = trained.manifest.train.evaluationBatchSize
        notes = []
    }

    /// A checkpoint, with an adapter of PEFT's or this program's where one is given.
    ///
    /// - Parameters:
    ///   - overrides: keys of the task, such as `task.max_seq_length=128`; `task.task_type` where the adapter does not say it.
    public init(model path: String, adapter: String?, overrides: [String], _ workspace: Workspace) throws {
        let adapter = try adapter.map { try SavedAdapter($0) }
        let unread = ["task.labels", "task.problem_type"].first { key in overrides.contains { $0.hasPrefix(key) } }
        if let unread {
            throw AdapterError(
                path,
                "'\(unread)' is not read here: labels.json or the checkpoint's id2label says what the outputs mean")
        }
        var diagnostics = Diagnostics()
        let config = try Checkpoint.config(in: path)
        let own = adapter == nil ? Self.taskName(of: config) : adapter?.taskName
        let known = own.map { JSON.object(["task_type": .string($0)]) } ?? [:]
        let start: JSON = ["task": adapter?.task.map { JSON($0) } ?? known]
        let root = diagnostics.parse(
            Data(start.compactText.utf8), file: adapter?.path ?? "command line", overrides: overrides)
        guard let root else { throw diagnostics }
        let question = Question(root, &diagnostics)
        try diagnostics.check()
        guard let tagged = question.task else { throw diagnostics }
        var section = ModelSection()
        section.path = path
        let labels =
            try adapter.map { try $0.labels(for: tagged.name, config) }
            ?? Self.labels(of: config, taskName: tagged.name)
        task = tagged.entry.make(tagged.settings)
        built = try BuiltModel(
            section, taskName: tagged.name, labels: labels, classifierPosition: task.classifierPosition,
            adapter: adapter)
        self.labels = labels
        try built.check(task)
        preparation = Preparation(tokenizer: built.tokenizer, config: built.config, cache: workspace.cache)
        batchSize = 16
        let isAsked = overrides.contains { $0.hasPrefix("task.classifier_position=") }
        notes = (adapter?.notes ?? []) + [isAsked ? nil : built.positionNote(adapter)].compactMap(\.self)
    }

    /// The task of the head that a checkpoint was saved with, by the name of its class.
    private static func taskName(of config: Node) -> String? {
        guard let name = config["architectures"]?.elements?.first?.string else { return nil }
        return HeadEntry.ofClass(name)?.name
    }

    /// The labels of a checkpoint that has a head of its own.
    private static func labels(of config: Node, taskName: String) throws(AdapterError) -> LabelSpace {
        guard LabelFile.hasNamedLabels(taskName) else { return LabelSpace() }
        let count = config["num_labels"]?.integer ?? config["id2label"].flatMap(\.pairCount) ?? 2
        return try LabelFile.labels(count: count, taskName: taskName, config)
    }

    /// One object for each example of a file of JSON lines, in their order.
    ///
    /// - Parameters:
    ///   - input: the file; each line has `text`, `text` and `text_pair`, `tokens`, or `question` and `context`.
    ///   - includesLogits: whether the raw values stand beside the predictions.
    ///   - report: told how many features are done.
    public func predictions(
        _ input: String, includesLogits: Bool, report: @escaping (_ done: Int, _ total: Int) throws -> Void
    ) throws -> [JSON] {
        let set = try task.predictionSet(PredictionInputs.file(input), labels: labels, preparation)
        try built.check(vocabulary: set.data.vocabularyCount)
        try checkLengths(set.data)
        let outputs = try ModelOutputs(built.model, batchSize: batchSize).of(set.data.features, report)
        if let index = outputs.firstIndex(where: { !$0.array.allSatisfy(\.isFinite) }) {
            throw AdapterError(
                built.path, "the model's outputs for example \(index + 1) are not numbers; its weights must be damaged")
        }
        return try set.predictions(outputs, includesLogits: includesLogits)
    }

    private func checkLengths(_ data: PreparedData) throws(CheckpointError) {
        let graph = built.model.graph
        let added = (graph.prefix?.length ?? 0) + (task.virtualTokens > 0 ? 0 : graph.prompt?.length ?? 0)
        let backbone = built.model.backbone
        guard let positions = backbone.maximumPositions, data.longestSequence + added > positions else { return }
        throw CheckpointError(
            built.path,
            .malformed(
                "\(data.longestSequence) tokens and \(added) virtual ones are more than the model's \(positions) "
                    + "\(backbone.positionsName); set task.max_seq_length to \(positions - added)"))
    }
}

/// What is asked of a model without a manifest: its task.
private struct Question: Config {
    var task: Tagged<TaskEntry>?

    static let fields: [Field<Self>] = [
        .tagged("task", \.task, tag: "task_type", taskTypes, "What the model was trained for.", required: true)
    ]
}

extension Node {
    /// The number of entries of a mapping; nil for anything else.
    fileprivate var pairCount: Int? {
        if case .mapping(let pairs) = content { return pairs.count }
        return nil
    }
}
