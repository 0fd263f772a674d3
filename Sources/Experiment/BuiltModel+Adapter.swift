import Models
import NN
import Tuners

extension BuiltModel {
    /// A checkpoint with its head and an adapter's methods, with the values that the adapter has for them.
    ///
    /// - Throws: when the adapter does not belong to the checkpoint, or neither has the head.
    init(
        _ section: ModelSection, taskName: String, labels: LabelSpace,
        classifierPosition: ClassifierPosition = .firstToken, adapter: SavedAdapter?
    ) throws {
        if let adapter, adapter.method == nil {
            throw AdapterError(
                adapter.path, "its files do not say how the model was tuned; ask the run's folder instead")
        }
        let methods = adapter?.method.map { [$0.entry.make($0.settings)] } ?? []
        self = try BuiltModel(
            section, taskName: taskName, labels: labels, tuners: methods, seed: 0,
            classifierPosition: classifierPosition)
        if let adapter {
            try load(adapter.values, from: adapter.path)
        } else {
            let missing = model.graph.trained.filter { !$0.isFromCheckpoint }
            guard missing.isEmpty else {
                throw AdapterError(
                    section.path,
                    "the checkpoint has no head for \(taskName) ('\(missing[0].path)' is missing); give --adapter, or a "
                        + "checkpoint that was exported with --format merged")
            }
        }
    }
}

extension BuiltModel {
    /// Whether its classifier reads a word where PEFT's would read a virtual token.
    var readsBehindPrompt: Bool {
        model.head is SequenceClassificationHead && model.head.reading == .firstToken && model.graph.prompt != nil
    }

    /// What is worth knowing about where the classifier of an adapter reads that does not say it.
    func positionNote(_ adapter: SavedAdapter?) -> String? {
        guard let adapter, adapter.classifierPosition == nil, readsBehindPrompt else { return nil }
        return
            "the classifier reads the first real token; a model that was trained with PEFT reads the first virtual one: "
            + "task.classifier_position=first_position"
    }
}

extension SavedAdapter {
    /// What is worth knowing about it: keys of its configuration that were passed over.
    var notes: [String] {
        unknownKeys.map { "'\($0)' of adapter_config.json is not known here and was passed over" }
    }
}
