import Files
import YAML

/// What keeps a result from being read or written.
public enum ResultError: Error, Hashable, Sendable {
    /// The file system refused something.
    case file(FileError)
    /// A `result.json` is damaged.
    case damaged(TextError)
    /// The `result.json` in this folder belongs to another run than the folder's name says.
    case foreign(path: String, found: RunID)
    /// There is a result and no manifest in this folder.
    case noManifest(path: String)
    /// Another process is writing this run.
    case inProgress(path: String)
    /// The folder was removed or replaced while the run was writing into it.
    case lost(path: String)
    /// This name can not be a folder's.
    case badName(String)
}

extension ResultError: CustomStringConvertible {
    /// What, where, and the way out.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .damaged(let error): "\(error); remove the folder, and the run can be made again"
        case .foreign(let path, let found):
            "'\(path)/result.json' is of run \(found); move the folder to that name, or remove it"
        case .noManifest(let path):
            "there is no manifest.yaml beside '\(path)/result.json'; copy the whole folder, or remove it"
        case .inProgress(let path): "another process is running '\(path)'; wait for it, or end it first"
        case .lost(let path):
            "the run's folder '\(path)' was removed or replaced while the run was going on; run again"
        case .badName(let name):
            "'\(name)' can not name a results folder; use letters, digits, '-', '_' and '.', and begin with none of '.' and '-'"
        }
    }
}

extension ResultError: PlacedError {
    /// Whether it is a mistake in a file's text.
    public var isPlaced: Bool {
        if case .damaged = self { true } else { false }
    }
}
