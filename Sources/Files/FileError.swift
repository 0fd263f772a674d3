import Foundation

/// What the file system refused: the path, what was tried, why, and what to do about it.
public struct FileError: Error, Hashable, Sendable {
    /// What was tried.
    public enum Operation: String, Hashable, Sendable {
        /// Reading or mapping a file.
        case read
        /// Writing a file, or putting it in its place.
        case write
        /// Making a folder.
        case makeFolder = "make the folder"
        /// Listing a folder.
        case list
        /// Removing a file or folder.
        case remove
    }

    /// Why it failed.
    public enum Reason: Hashable, Sendable {
        /// The system's `errno`.
        case system(Int32)
        /// The bytes are not UTF-8 text; the first bad one stands at this offset.
        case notUTF8(offset: Int)
        /// It is a pipe, a device or a socket, so it can not be mapped.
        case notRegular
        /// It is not what was once written, or not all of it.
        case damaged(String)
    }

    /// The path as it was asked for.
    public var path: String
    /// What was tried.
    public var operation: Operation
    /// Why it failed.
    public var reason: Reason

    /// A failed `operation` on `path`.
    public init(_ operation: Operation, _ path: String, _ reason: Reason) {
        self.path = path
        self.operation = operation
        self.reason = reason
    }

    /// Whether nothing stands at the path.
    public var isMissingFile: Bool { reason == .system(ENOENT) || reason == .system(ENOTDIR) }

    /// A failed `operation` on `path` for which the system set `errno` to `code`.
    init(_ operation: Operation, _ path: String, errno code: Int32) {
        self.init(operation, path, .system(code))
    }
}

extension FileError: CustomStringConvertible {
    /// `cannot read 'data/train.json': there is no such file; check the path`
    public var description: String {
        "cannot \(operation.rawValue) '\(path)': \(explanation)"
    }

    private var explanation: String {
        switch reason {
        case .notUTF8(let offset): "it is not UTF-8 text (first bad byte at offset \(offset)); save it as UTF-8"
        case .notRegular: "it is not a regular file; copy what it gives into a file first"
        case .damaged(let what): "it is damaged: \(what)"
        case .system(let code): Self.explanation(of: code, operation)
        }
    }

    private static func explanation(of code: Int32, _ operation: Operation) -> String {
        switch code {
        case ENOENT where operation == .write || operation == .makeFolder:
            "its folder does not exist (any more); make it, or choose another place"
        case ENOENT: "there is no such file or folder; check the path"
        case EISDIR: "it is a folder, not a file"
        case ENOTDIR: "a part of the path is a file, not a folder"
        case EEXIST where operation == .makeFolder: "a file of that name is in the way"
        case EACCES, EPERM: "permission denied; check owner and mode"
        case EROFS: "the file system is read-only; choose another place"
        case ENOSPC: "no space left on the device; free some, then run again"
        case EDQUOT: "the disk quota is used up; free some space, then run again"
        case EFBIG: "the file would be larger than the system allows (see `ulimit -f`)"
        case EMFILE, ENFILE: "too many files are open (see `ulimit -n`)"
        case ENAMETOOLONG: "the path is too long"
        case ENOTEMPTY: "the folder is not empty"
        case EIO: "the device failed to read or write (input/output error)"
        case ELOOP: "its links lead in a circle"
        default: unsafe String(cString: strerror(code))
        }
    }
}
