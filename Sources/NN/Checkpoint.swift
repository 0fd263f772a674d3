import Files
import Foundation
import Tensors
import YAML

/// A Hugging Face checkpoint folder: `config.json`, and `model.safetensors` or a sharded index beside its shards.
///
/// Names from before 2019 (`gamma`, `beta`) are read as today's (`weight`, `bias`), and tensors are found with or without the
/// model's own prefix, so that the files of a bare encoder and of one with a head read alike.
public struct Checkpoint: Sendable {
    /// The folder as it was asked for.
    public let path: String
    /// `config.json`
    public let config: Node
    /// The files that hold weights.
    public let weightFiles: [String]
    private let shards: [SafeTensors]
    private let index: [String: (shard: Int, name: String)]

    /// Opens the folder at `path`; weights are mapped, not read.
    /// - Throws: when a file is missing, damaged, or of a kind that is refused (`pytorch_model.bin`).
    public init(_ path: String) throws(CheckpointError) {
        self.path = path
        config = try Self.config(in: path)
        weightFiles = try Self.weightFiles(in: path)
        var shards: [SafeTensors] = []
        var index: [String: (shard: Int, name: String)] = [:]
        for file in weightFiles {
            let shard = try SafeTensors(file)
            for name in shard.names {
                guard index.updateValue((shards.count, name), forKey: Self.currentName(name)) == nil else {
                    throw CheckpointError(file, .malformed("'\(name)' stands twice in the checkpoint"))
                }
            }
            shards.append(shard)
        }
        self.shards = shards
        self.index = index
    }

    /// Reads `config.json` of the folder at `path` alone.
    public static func config(in path: String) throws(CheckpointError) -> Node {
        try config(file: path + "/config.json")
    }

    /// Reads a file that holds what `config.json` does.
    public static func config(file: String) throws(CheckpointError) -> Node {
        let node = try json(file)
        guard case .mapping = node.content else { throw CheckpointError(file, .malformed("it is not a JSON object")) }
        return node
    }

    /// The tensors' names as models know them, in alphabetical order.
    public var names: [String] { index.keys.sorted() }

    /// The shape of a tensor; nil when there is none of that name.
    public func shape(of name: String) throws(CheckpointError) -> Shape? {
        guard let entry = index[name] else { return nil }
        return try shards[entry.shard].shape(of: entry.name)
    }

    /// What reads a tensor, later; nil when there is none of that name.
    public func reader(of name: String) throws(CheckpointError) -> (@Sendable () -> Tensor)? {
        guard let entry = index[name] else { return nil }
        return try shards[entry.shard].reader(of: entry.name)
    }

    /// `LayerNorm.gamma` is `LayerNorm.weight` today, and `LayerNorm.beta` is `LayerNorm.bias`.
    private static func currentName(_ name: String) -> String {
        if name.hasSuffix(".gamma") { return name.dropLast(6) + ".weight" }
        if name.hasSuffix(".beta") { return name.dropLast(5) + ".bias" }
        return name
    }

    /// The files of the folder at `path` that hold weights.
    public static func weightFiles(in path: String) throws(CheckpointError) -> [String] {
        let manager = FileManager.default
        let single = path + "/model.safetensors"
        if manager.fileExists(atPath: single) { return [single] }
        let indexFile = path + "/model.safetensors.index.json"
        guard manager.fileExists(atPath: indexFile) else {
            if manager.fileExists(atPath: path + "/pytorch_model.bin") {
                throw CheckpointError(
                    path + "/pytorch_model.bin",
                    .refused(
                        "a pickle file can run code when it is read, so it is refused; save the model again in Python "
                            + "with save_pretrained(…, safe_serialization=True)"))
            }
            throw CheckpointError(path, .malformed("there is no model.safetensors and no model.safetensors.index.json"))
        }
        guard case .mapping(let map)? = try json(indexFile)["weight_map"]?.content else {
            throw CheckpointError(indexFile, .malformed("it has no weight_map"))
        }
        var names: Set<String> = []
        for pair in map {
            guard let name = pair.value.string, !name.isEmpty, !name.contains("/"), name != "..", name != "." else {
                throw CheckpointError(indexFile, .malformed("the shard of '\(pair.key)' is not a plain file name"))
            }
            names.insert(name)
        }
        return names.sorted().map { path + "/" + $0 }
    }

    private static func json(_ file: String) throws(CheckpointError) -> Node {
        let bytes: MappedFile
        do { bytes = try MappedFile(file) } catch { throw CheckpointError(file, .file(error)) }
        do {
            return try JSONText.parse(unsafe bytes.withBytes { unsafe Array($0) }, file: file)
        } catch { throw CheckpointError(file, .text(error)) }
    }
}
