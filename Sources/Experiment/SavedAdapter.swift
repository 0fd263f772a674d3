import Configuration
import Files
import Models
import NN
import Tasks
import Tensors
import Tuners
import YAML

/// An adapter that PEFT, or this program, has saved: `adapter_config.json` and `adapter_model.safetensors`.
///
/// Where `training_state.safetensors` stands beside them and holds what PEFT's file drops, it is read instead of the tensors, so that a
/// prefix with its projection, or a prompt encoder, can be trained on. Elsewhere PEFT's file alone counts, since the configuration is
/// about it: of ranks it may have more (a start that was taken out of the weight) or fewer (AdaLoRA's that are left). Keys that nobody
/// knows are told, not refused.
public struct SavedAdapter: Sendable {
    /// The folder.
    public let path: String
    /// The `task_type` that it was made for, if it says so.
    public let taskName: String?
    /// The method that computes the same; nil where the files do not say, and a manifest has to.
    public let method: Tagged<TunerEntry>?
    /// The values of its parameters and of the head's, by their names here.
    public let values: [String: Tensor]
    /// What the labels mean, where it says so.
    public let labels: LabelSpace?
    /// The section `task` of the run that trained it, where it is known.
    let task: Node?
    /// What of a sequence its classifier reads, where that is known: those of other programs do not say.
    var classifierPosition: ClassifierPosition? {
        task.map { ClassifierPosition(rawValue: $0["classifier_position"]?.string ?? "") ?? .firstToken }
    }
    /// Keys of the configuration that were passed over.
    public let unknownKeys: [String]

    /// How it was tuned, in a word.
    var methodName: String { method?.name ?? "trained" }

    /// Reads the folder at `path`.
    ///
    /// - Throws: `AdapterError`, `Diagnostics` for the configuration, `CheckpointError` for the tensors.
    public init(_ path: String) throws {
        self.path = path
        guard Folder.exists(path) else { throw AdapterError(path, "there is no such folder") }
        let state = "\(path)/\(AdapterFiles.stateFile)"
        let trained = FileContents.exists(state) ? try Self.tensors(state) : nil
        let saved = try LabelFile.read(in: path)
        let config = try Self.object("\(path)/adapter_config.json")
        var contents: Contents
        if let config, config["peft_type"] != nil {
            contents = try Self.contents(ofPEFT: path, config)
        } else if let config, config["config"] != nil {
            contents = try Self.contents(ofAdapters: path, config)
        } else if let trained {
            contents = Contents(values: trained)
        } else {
            throw Self.noConfiguration(path, isThere: config != nil)
        }
        if let trained, let method = contents.asTrained, trained.keys.contains(where: { contents.values[$0] == nil }) {
            (contents.method, contents.values) = (method, trained)
        }
        (labels, task) = (saved?.labels ?? contents.labels, saved?.task)
        taskName = contents.taskName ?? task?["task_type"]?.string
        (method, values, unknownKeys) = (contents.method, contents.values, contents.unknownKeys)
    }

    /// What the files say.
    struct Contents {
        /// The task that the adapter was made for.
        var taskName: String?
        /// The method that computes the same as the files' tensors, and the one that was trained.
        var method: Tagged<TunerEntry>?, asTrained: Tagged<TunerEntry>?
        /// Values by their names here.
        var values: [String: Tensor]
        /// What the labels mean.
        var labels: LabelSpace?
        /// Keys that were passed over.
        var unknownKeys: [String] = []

        init(values: [String: Tensor]) {
            self.values = values
        }

        /// The tensors of a method's files, as the method reads them.
        ///
        /// - Parameter file: the configuration, for what does not fit.
        init(_ entry: TunerEntry, _ settings: any Config, _ tensors: [String: Tensor], file: String) throws {
            let imported: ImportedAdapter
            do { imported = try entry.imported(settings, tensors) } catch let error as AttachmentError {
                throw AdapterError(file, "\(error)")
            }
            values = imported.values
            asTrained = Tagged(entry, settings: settings)
            method = Tagged(tuners.first { $0.name == imported.name } ?? entry, settings: imported.settings)
        }
    }

    private static func contents(ofPEFT path: String, _ config: Node) throws -> Contents {
        let file = config.location.file
        guard let type = config["peft_type"]?.string, let entry = tuners.first(where: { $0.name == type }) else {
            let known = tuners.map(\.name).joined(separator: ", ")
            let type = config["peft_type"]?.string ?? "no text"
            throw AdapterError(file, "'peft_type' is '\(type)', which is not supported; supported: \(known)")
        }
        let (settings, unknown) = try PEFTConfig.settings(of: entry, config)
        let tensors = try tensors(path, "adapter_model.safetensors", pickle: "adapter_model.bin")
        var contents = try Contents(entry, settings, tensors, file: file)
        contents.taskName = taskName(config)
        contents.unknownKeys = unknown
        return contents
    }

    private static func noConfiguration(_ path: String, isThere: Bool) -> AdapterError {
        if isThere {
            return AdapterError(
                "\(path)/adapter_config.json",
                "it has neither PEFT's 'peft_type' nor the 'config' of the library 'adapters'")
        }
        let below = "\(path)/adapter"
        return AdapterError(
            path,
            FileContents.exists("\(below)/adapter_config.json")
                ? "it is the folder of a run; its adapter is \(below)"
                : "there is no adapter_config.json in it; give the folder that PEFT's save_pretrained wrote")
    }

    /// The JSON file at `path`; nil where there is none.
    static func object(_ path: String) throws -> Node? {
        guard FileContents.exists(path) else { return nil }
        do { return try JSONText.parse(try FileContents.data(at: path), file: path) } catch let error as TextError {
            throw AdapterError(path, "\(error)")
        }
    }

    /// The tensors of a file of the folder, which must be there; `pickle` is the name of the form that is refused.
    static func tensors(_ path: String, _ name: String, pickle: String) throws -> [String: Tensor] {
        if FileContents.exists("\(path)/\(name)") { return try tensors("\(path)/\(name)") }
        throw AdapterError(
            path,
            FileContents.exists("\(path)/\(pickle)")
                ? "\(pickle) is a pickle file, which can run code when it is read, so it is refused; "
                    + "save the adapter again in Python as safetensors"
                : "there is no \(name) in it")
    }

    /// The task of a head that there is here; PEFT writes null where it was told none.
    private static func taskName(_ config: Node) -> String? {
        guard let node = config["task_type"], !node.isNull, let name = node.string, name != "FEATURE_EXTRACTION" else {
            return nil
        }
        return name
    }

    /// Every tensor of the file at `path`.
    static func tensors(_ path: String) throws -> [String: Tensor] {
        try SafeTensors(path).tensors()
    }

    /// What a head of `taskName` distinguishes: what the adapter says, or as many classes as its head has rows, named as the
    /// checkpoint names them.
    ///
    /// - Throws: when the head's map is none.
    func labels(for taskName: String, _ checkpoint: Node) throws(AdapterError) -> LabelSpace {
        if let labels { return labels }
        let map = ["classifier.weight", "classifier.out_proj.weight", "score.weight"].lazy.compactMap { values[$0] }
            .first
        guard LabelFile.hasNamedLabels(taskName), let shape = map?.shape else { return LabelSpace() }
        guard shape.rank == 2, shape.rows > 0 else {
            throw AdapterError(path, "its head has the shape \(shape); it must be [labels, hidden]")
        }
        return try LabelFile.labels(count: shape.rows, taskName: taskName, checkpoint)
    }
}
