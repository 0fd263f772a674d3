import Foundation

/// Writes that leave either the whole new file or what was there before.
///
/// The bytes go to a temporary file in the same folder, are made durable, and take the file's name in one step; then the
/// folder is made durable. On any failure the temporary file is removed and the old file, if any, is as it was.
public enum AtomicFile {
    /// Writes `bytes` to the file at `path`; its folder must exist.
    public static func write(_ bytes: RawSpan, to path: String) throws(FileError) {
        let (temporary, descriptor) = try open(beside: path)
        do {
            try fill(descriptor, with: bytes, path)
            try retrying(path) { unsafe rename(temporary, path) }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        makeDurable(folder: Folder.parent(of: path))
    }

    /// Writes what `body` puts into its sink, piece by piece, to the file at `path`; its folder must exist.
    public static func write(to path: String, _ body: (FileSink) throws -> Void) throws {
        let (temporary, descriptor) = try open(beside: path)
        do {
            do { try body(FileSink(descriptor: descriptor, path: path)) } catch {
                close(descriptor)
                throw error
            }
            try fill(descriptor, with: Data().bytes, path)
            try retrying(path) { unsafe rename(temporary, path) }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        makeDurable(folder: Folder.parent(of: path))
    }

    /// Removes what writes into `folder` left half-way whose process was killed; nobody may be writing there now.
    public static func removeLeftOvers(in folder: String) throws(FileError) {
        guard Folder.exists(folder) else { return }
        for name in try Folder.names(in: folder, includesHidden: true) where name.hasPrefix(temporaryPrefix) {
            try Folder.remove("\(folder)/\(name)")
        }
    }

    private static func open(beside path: String) throws(FileError) -> (temporary: String, descriptor: Int32) {
        let temporary = temporaryPath(beside: path)
        let descriptor = try retrying(path) {
            unsafe Foundation.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        }
        return (temporary, descriptor)
    }

    /// Writes `data` to the file at `path`; its folder must exist.
    public static func write(_ data: Data, to path: String) throws(FileError) {
        try write(data.bytes, to: path)
    }

    /// Writes `text` as UTF-8 to the file at `path`; its folder must exist.
    public static func write(_ text: String, to path: String) throws(FileError) {
        try write(Data(text.utf8), to: path)
    }

    private static let temporaryPrefix = ".writing-"

    /// The name begins with a dot, so that nothing that lists the folder sees it should the process be killed half-way.
    private static func temporaryPath(beside path: String) -> String {
        "\(Folder.parent(of: path))/\(temporaryPrefix)\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    }

    /// Writes all of `bytes`, makes them durable and closes `descriptor`, also on failure.
    private static func fill(_ descriptor: Int32, with bytes: RawSpan, _ path: String) throws(FileError) {
        do {
            try writeAll(bytes, to: descriptor, path)
            try retrying(path) { fsync(descriptor) }
        } catch {
            close(descriptor)
            throw error
        }
        // Some file systems report a full disk or quota only here.
        guard close(descriptor) == 0 || errno == EINTR else { throw FileError(.write, path, errno: errno) }
    }

    /// Writes all of `bytes` at the descriptor's place, going on after short writes and interruptions.
    static func writeAll(_ bytes: RawSpan, to descriptor: Int32, _ path: String) throws(FileError) {
        var rest = bytes
        while rest.byteCount > 0 {
            let written = unsafe rest.withUnsafeBytes { buffer in
                unsafe Foundation.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw FileError(.write, path, errno: errno)
            }
            rest = rest.extracting(droppingFirst: written)
        }
    }

    /// Asks for the folder's entries on disk; a file system that can not do this loses nothing but time after a crash.
    private static func makeDurable(folder: String) {
        let descriptor = unsafe Foundation.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    @discardableResult
    private static func retrying(_ path: String, _ call: () -> Int32) throws(FileError) -> Int32 {
        while true {
            let result = call()
            if result >= 0 { return result }
            if errno != EINTR { throw FileError(.write, path, errno: errno) }
        }
    }
}

/// Where a file that is being written takes its next bytes.
public struct FileSink {
    fileprivate let descriptor: Int32
    fileprivate let path: String

    /// Adds `bytes`.
    public func write(_ bytes: RawSpan) throws(FileError) {
        try AtomicFile.writeAll(bytes, to: descriptor, path)
    }
}
