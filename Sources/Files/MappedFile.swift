import Foundation

/// A file's bytes mapped read-only: they are read from disk when touched, and shared by all processes that map them.
///
/// The mapping lives as long as this object. A file that another program cuts short while it is mapped ends the process
/// with a bus error, as with every mapping; replacing a file by a rename is safe.
@safe public final class MappedFile: Sendable {
    /// The path as it was asked for.
    public let path: String
    /// The number of bytes.
    public let count: Int
    /// The first byte, at an address that is a multiple of the page size; nil for an empty file.
    ///
    /// For owners that keep this object for as long as they use the pointer; others borrow by `withBytes`.
    public nonisolated(unsafe) let base: UnsafeRawPointer?

    /// Maps the file at `path`; a folder, a pipe or a missing file is an error, an empty file is not.
    public init(_ path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(.read, path, errno: errno) }
        defer { close(descriptor) }
        let state = try FileState(descriptor: descriptor, path)
        switch state.kind {
        case .file: break
        case .folder: throw FileError(.read, path, errno: EISDIR)
        case .other: throw FileError(.read, path, .notRegular)
        }
        self.path = path
        count = state.size
        guard count > 0 else {
            unsafe base = nil
            return
        }
        let address = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw FileError(.read, path, errno: errno)
        }
        unsafe base = UnsafeRawPointer(address)
    }

    deinit {
        if let base = unsafe base { unsafe munmap(UnsafeMutableRawPointer(mutating: base), count) }
    }

    /// Lends the bytes; the pointer must not leave `body`.
    public func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let bytes = unsafe UnsafeRawBufferPointer(start: base, count: count)
        return try withExtendedLifetime(self) { () throws(E) -> R in try unsafe body(bytes) }
    }

    /// Tells the system that all of the file is about to be read, in order.
    public func willReadAll() {
        guard let base = unsafe base else { return }
        unsafe madvise(UnsafeMutableRawPointer(mutating: base), count, MADV_WILLNEED)
    }

    /// Tells the system that the pages wholly within `count` bytes from `start` are not needed for now.
    public func release(_ start: UnsafeRawPointer, _ count: Int) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let (first, end) = (Int(bitPattern: start), Int(bitPattern: start) + count)
        let (from, to) = ((first + page - 1) / page * page, end / page * page)
        guard page > 0, from < to else { return }
        unsafe madvise(UnsafeMutableRawPointer(bitPattern: from), to - from, MADV_DONTNEED)
    }
}
