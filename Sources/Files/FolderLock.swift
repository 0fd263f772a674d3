import Foundation

/// Keeps a folder to one process: held for as long as this object lives, and let go when the process ends, however it ends.
public final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Locks the folder at `path`; nil when another process holds it.
    ///
    /// On a file system without locks every process gets one.
    public init?(_ path: String) throws(FileError) {
        descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(.read, path, errno: errno) }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            close(descriptor)
            return nil
        }
    }

    /// Whether the folder at `path` is the one that is locked, and not another that has come into its place.
    public func stands(at path: String) -> Bool {
        guard let own = try? FileState(descriptor: descriptor, path), let other = try? FileState(path) else {
            return false
        }
        return (own.device, own.inode) == (other.device, other.inode)
    }

    deinit {
        close(descriptor)
    }
}
