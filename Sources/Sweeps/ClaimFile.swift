import Files
import Foundation

/// A file that only one of many processes can make, and that its maker can change a few bytes of.
final class ClaimFile: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Makes the file at `path`; nil when it is there already. Its folder must exist.
    ///
    /// A link to a finished file appears with all its content and fails where something stands, also on network file systems.
    /// Where there are no links, the file is made empty, and its content follows: those who look in between see a claim of
    /// somebody unknown.
    ///
    /// - Parameter usesLinks: false does as on a file system without links.
    init?(_ text: String, at path: String, usesLinks: Bool = true) throws(FileError) {
        self.path = path
        let linked = usesLinks ? try Self.link(text, at: path) : .unsupported
        switch linked {
        case .made(let descriptor): self.descriptor = descriptor
        case .taken: return nil
        case .unsupported:
            descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor < 0, errno == EEXIST { return nil }
            guard descriptor >= 0 else { throw FileError(.write, path, .system(errno)) }
            try Self.write(text, to: descriptor, path)
        }
    }

    private enum Linked {
        case made(Int32), taken, unsupported
    }

    private static func link(_ text: String, at path: String) throws(FileError) -> Linked {
        let temporary = "\(Folder.parent(of: path))/.claiming-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let descriptor = unsafe open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(.write, path, .system(errno)) }
        defer { unsafe unlink(temporary) }
        do { try write(text, to: descriptor, path) } catch {
            close(descriptor)
            throw error
        }
        if unsafe Foundation.link(temporary, path) == 0 { return .made(descriptor) }
        let code = errno
        // A server may have made the link and its answer been lost: the number of names tells.
        var state = stat()
        if unsafe fstat(descriptor, &state) == 0, state.st_nlink == 2 { return .made(descriptor) }
        close(descriptor)
        switch code {
        case EEXIST: return .taken
        case EPERM, ENOTSUP, EOPNOTSUPP, ENOSYS: return .unsupported
        default: throw FileError(.write, path, .system(code))
        }
    }

    /// Writes `text` over the beginning of the file.
    func write(_ text: String) throws(FileError) { try Self.write(text, to: descriptor, path) }

    private static func write(_ text: String, to descriptor: Int32, _ path: String) throws(FileError) {
        let bytes = Array(text.utf8)
        let written = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        guard written == bytes.count else { throw FileError(.write, path, .system(written < 0 ? errno : ENOSPC)) }
        guard fsync(descriptor) == 0 else { throw FileError(.write, path, .system(errno)) }
    }

    deinit { close(descriptor) }
}
