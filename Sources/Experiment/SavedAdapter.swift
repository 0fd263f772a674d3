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
    /// Keys of the configuration that were passed over.
    public let unknownKeys: [String]

    /// How it was tuned, in a word.
    var methodName: String { method?.name ?? "trained" }

    /// Reads the folder at `path`.
    ///
    /// - Throws: `AdapterError`, `Diagnostics` for the configuration, `CheckpointError` for the tensors.
    public init(_ path: String) throws {
        self.path = path
        let file = "\(path)/adapter_config.json"
        guard Folder.exists(path) else { throw AdapterError(path, "there is no such folder") }
        let state = "\(path)/\(AdapterFiles.stateFile)"
        let trained = FileContents.exists(state) ? try Self.tensors(state) : nil
        let saved = try LabelFile.read(in: path)
        (labels, task) = (saved?.labels, saved?.task)
        if let trained, try !Self.isOfPEFT(file) {
            (taskName, method, values, unknownKeys) = (task?["task_type"]?.string, nil, trained, [])
            return
        }
        guard FileContents.exists(file) else {
            let below = "\(path)/adapter"
            throw AdapterError(
                path,
                FileContents.exists("\(below)/adapter_config.json")
                    ? "it is the folder of a run; its adapter is \(below)"
                    : "there is no adapter_config.json in it; give the folder that PEFT's save_pretrained wrote")
        }
        let config: Node
        do { config = try JSONText.parse(try FileContents.data(at: file), file: file) } catch let error as TextError {
            throw AdapterError(file, "\(error)")
        }
        guard let type = config["peft_type"]?.string else {
            throw AdapterError(
                file,
                config["config"] != nil
                    ? "it is an adapter of the library 'adapters', whose files are written and not read"
                    : "it has no 'peft_type', so it is no configuration of PEFT's")
        }
        guard let entry = tuners.first(where: { $0.name == type }) else {
            let known = tuners.map(\.name).joined(separator: ", ")
            throw AdapterError(file, "'peft_type' is '\(type)', which is not supported; supported: \(known)")
        }
        taskName = Self.taskName(config)
        let (settings, unknown) = try PEFTConfig.settings(of: entry, config)
        unknownKeys = unknown
        let tensorFile = "\(path)/adapter_model.safetensors"
        guard FileContents.exists(tensorFile) else {
            let pickle = FileContents.exists("\(path)/adapter_model.bin")
            throw AdapterError(
                path,
                pickle
                    ? "adapter_model.bin is a pickle file, which can run code when it is read, so it is refused; "
                        + "save the adapter again in Python with save_pretrained(…, safe_serialization=True)"
                    : "there is no adapter_model.safetensors in it")
        }
        let imported: ImportedAdapter
        do { imported = try entry.imported(settings, try Self.tensors(tensorFile)) } catch let error as AttachmentError
        {
            throw AdapterError(file, "\(error)")
        }
        if let trained, trained.keys.contains(where: { imported.values[$0] == nil }) {
            (method, values) = (Tagged(entry, settings: settings), trained)
        } else {
            let own = tuners.first { $0.name == imported.name } ?? entry
            (method, values) = (Tagged(own, settings: imported.settings), imported.values)
        }
    }

    /// Whether the file is there and of PEFT's form.
    private static func isOfPEFT(_ file: String) throws -> Bool {
        guard FileContents.exists(file) else { return false }
        return try JSONText.parse(try FileContents.data(at: file), file: file)["peft_type"] != nil
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
        let file = try SafeTensors(path)
        var tensors: [String: Tensor] = [:]
        for name in file.names { tensors[name] = try file.tensor(name) }
        return tensors
    }

    /// What a head of `taskName` distinguishes: what the adapter says, or as many classes as its head has rows, named as the
    /// checkpoint names them.
    ///
    /// - Throws: when the head's map is none.
    func labels(for taskName: String, _ checkpoint: Node) throws(AdapterError) -> LabelSpace {
        if let labels { return labels }
        let map = ["classifier.weight", "score.weight"].lazy.compactMap { values[$0] }.first
        guard LabelFile.hasNamedLabels(taskName), let shape = map?.shape else { return LabelSpace() }
        guard shape.rank == 2, shape.rows > 0 else {
            throw AdapterError(path, "its head has the shape \(shape); it must be [labels, hidden]")
        }
        return try LabelFile.labels(count: shape.rows, taskName: taskName, checkpoint)
    }
}
