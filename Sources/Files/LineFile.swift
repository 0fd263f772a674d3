import Foundation

/// A file that grows by whole lines: each is there for readers at once, and a crash loses at most the one being written.
public final class LineFile: Sendable {
    /// The path as it was asked for.
    public let path: String
    private let descriptor: Int32

    /// Opens the file at `path` to append to, empty at first; its folder must exist.
    public init(replacing path: String) throws(FileError) {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(.write, path, errno: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// Appends `line` and a line break; when that fails, the file holds the lines before it and no part of this one.
    public func append(_ line: String) throws(FileError) {
        let whole = try FileState(descriptor: descriptor, path).size
        do {
            try AtomicFile.writeAll(Data("\(line)\n".utf8).bytes, to: descriptor, path)
        } catch {
            ftruncate(descriptor, off_t(whole))
            throw error
        }
    }
}
