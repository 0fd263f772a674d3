import Files
import YAML

/// What is wrong with a checkpoint, and where.
public struct CheckpointError: Error, Hashable, Sendable {
    /// The kinds of mistakes.
    public enum Reason: Hashable, Sendable {
        /// The file or folder cannot be read.
        case file(FileError)
        /// A JSON file of the checkpoint is not JSON.
        case text(TextError)
        /// The file is not what its name says, or its parts contradict one another.
        case malformed(String)
        /// The model needs a tensor that the checkpoint does not have.
        case missingTensors([String])
        /// The model needs another shape.
        case wrongShape(tensor: String, found: Shape, needed: Shape)
        /// A tensor's element type cannot be used.
        case unsupportedType(tensor: String, type: String)
        /// Something the program refuses, and the way out.
        case refused(String)
    }

    /// The file or folder.
    public var path: String
    /// What is wrong with it.
    public var reason: Reason

    /// `reason`, in the file or folder at `path`.
    public init(_ path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }
}

extension CheckpointError: CustomStringConvertible {
    /// `models/bert: 'pooler.dense.weight' has shape [4, 3]; the model needs [4, 4]`
    public var description: String {
        switch reason {
        case .file(let error): error.description
        case .text(let error): error.description
        case .malformed(let what): "\(path): \(what)"
        case .missingTensors(let names):
            "\(path): \(names.count == 1 ? "a tensor is" : "\(names.count) tensors are") missing: "
                + names.prefix(5).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 5 ? ", …" : "")
        case .wrongShape(let tensor, let found, let needed):
            "\(path): '\(tensor)' has shape \(found); the model needs \(needed)"
        case .unsupportedType(let tensor, let type):
            "\(path): '\(tensor)' has elements of type \(type); F32, F16 and BF16 can be used"
        case .refused(let what): "\(path): \(what)"
        }
    }
}

extension CheckpointError: PlacedError {
    /// Whether it is a mistake in a file's text.
    public var isPlaced: Bool {
        if case .text = reason { true } else { false }
    }
}
