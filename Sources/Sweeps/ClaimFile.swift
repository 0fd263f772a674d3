import Files
import Foundation

/// A file that only one of many processes can make, and that its maker can change a few bytes of.
final class ClaimFile: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Makes the file at `path`, whole; nil when it is there already. Its folder must exist.
    ///
    /// A link to a finished file appears with all its content and fails where something stands, also on network file systems.
    init?(_ text: String, at path: String) throws(FileError) {
        self.path = path
        let folder = Folder.parent(of: path)
        let temporary = "\(folder)/.claiming-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        descriptor = unsafe open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(.write, path, .system(errno)) }
        do { try write(text) } catch {
            close(descriptor)
            unsafe unlink(temporary)
            throw error
        }
        let isFirst = unsafe link(temporary, path) == 0
        let code = errno
        // A server may have made the link and its answer been lost: the number of names tells.
        var state = stat()
        let isMade = isFirst || (unsafe fstat(descriptor, &state) == 0 && state.st_nlink == 2)
        unsafe unlink(temporary)
        if isMade { return }
        close(descriptor)
        if code == EEXIST { return nil }
        throw FileError(.write, path, .system(code))
    }

    /// Writes `text` over the beginning of the file.
    func write(_ text: String) throws(FileError) {
        let bytes = Array(text.utf8)
        let written = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        guard written == bytes.count, fsync(descriptor) == 0 else {
            throw FileError(.write, path, .system(written < 0 || written == bytes.count ? errno : ENOSPC))
        }
    }

    deinit { close(descriptor) }
}
