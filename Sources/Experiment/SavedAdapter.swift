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
    /// The `peft_type`.
    public let methodName: String
    /// The method that computes the same.
    public let tuner: any Tuner
    /// The values of its parameters and of the head's, by their names here.
    public let values: [String: Tensor]
    /// What the labels mean, where it says so.
    public let labels: LabelSpace?
    /// Keys of the configuration that were passed over.
    public let unknownKeys: [String]

    /// Reads the folder at `path`.
    ///
    /// - Throws: `AdapterError`, `Diagnostics` for the configuration, `CheckpointError` for the tensors.
    public init(_ path: String) throws {
        self.path = path
        let file = "\(path)/adapter_config.json"
        guard Folder.exists(path) else { throw AdapterError(path, "there is no such folder") }
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
            throw AdapterError(file, "it has no 'peft_type', so it is no configuration of PEFT's")
        }
        guard let entry = tuners.first(where: { $0.name == type }) else {
            let known = tuners.map(\.name).joined(separator: ", ")
            throw AdapterError(file, "'peft_type' is '\(type)', which is not supported; supported: \(known)")
        }
        methodName = type
        taskName = config["task_type"]?.string
        let (settings, unknown) = try PEFTConfig.settings(of: entry, config)
        unknownKeys = unknown
        labels = try LabelFile.read(in: path)
        let state = "\(path)/\(AdapterFiles.stateFile)"
        let tensorFile = "\(path)/adapter_model.safetensors"
        let trained = FileContents.exists(state) ? try Self.tensors(state) : nil
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
            (tuner, values) = (entry.make(settings), trained)
        } else {
            (tuner, values) = (imported.tuner, imported.values)
        }
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
    func labels(for taskName: String, _ checkpoint: Node) -> LabelSpace {
        if let labels { return labels }
        let map = ["classifier.weight", "score.weight"].lazy.compactMap { values[$0] }.first
        guard ["SEQ_CLS", "TOKEN_CLS"].contains(taskName), let count = map?.shape.rows else { return LabelSpace() }
        return LabelFile.labels(count: count, taskName: taskName, checkpoint)
    }
}
