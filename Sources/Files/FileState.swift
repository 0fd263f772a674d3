import Foundation

/// What tells one content of a file from another without reading it: kind, size, times, place on the device.
struct FileState: Hashable, Sendable {
    /// What stands at a path.
    enum Kind: Hashable, Sendable {
        case file, folder, other
    }

    var kind: Kind
    var size: Int
    var device: UInt64
    var inode: UInt64
    /// Nanoseconds since 1970 of the last change to the content.
    var modified: Int
    /// Nanoseconds since 1970 of the last change to content, name or mode.
    var changed: Int

    /// The state of what stands at `path`, links followed.
    init(_ path: String) throws(FileError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw FileError(.read, path, errno: errno) }
        self.init(status)
    }

    /// The state of an open file.
    init(descriptor: Int32, _ path: String) throws(FileError) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw FileError(.read, path, errno: errno) }
        self.init(status)
    }

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            default: .other
            }
        size = Int(status.st_size)
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
        modified = Self.nanoseconds(status.st_mtim)
        changed = Self.nanoseconds(status.st_ctim)
    }

    private static func nanoseconds(_ time: timespec) -> Int {
        Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_nsec)
    }
}
