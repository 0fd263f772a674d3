import Foundation

/// Making, listing and removing folders.
public enum Folder {
    /// The folder part of `path`: `a/b` of `a/b/c`, `.` of `c`, `/` of `/c`.
    public static func parent(of path: String) -> String {
        let trimmed = path.trimmingSuffix("/")
        guard let slash = trimmed.lastIndex(of: "/") else { return trimmed.isEmpty && !path.isEmpty ? "/" : "." }
        let parent = String(trimmed[..<slash]).trimmingSuffix("/")
        return parent.isEmpty ? "/" : String(parent)
    }

    /// The last part of `path`: `c` of `a/b/c`.
    public static func name(of path: String) -> String {
        let trimmed = path.trimmingSuffix("/")
        return String(trimmed.lastIndex(of: "/").map { trimmed[trimmed.index(after: $0)...] } ?? trimmed)
    }

    /// Makes the folder at `path` and those above it; one that exists already is fine.
    public static func make(_ path: String) throws(FileError) {
        if unsafe mkdir(path, 0o777) == 0 || exists(path) { return }
        guard errno == ENOENT, path != parent(of: path) else { throw FileError(.makeFolder, path, errno: errno) }
        try make(parent(of: path))
        guard unsafe mkdir(path, 0o777) == 0 || exists(path) else {
            throw FileError(.makeFolder, path, errno: errno)
        }
    }

    /// Whether `path` is a folder, or a link to one; `errno` stays as it was.
    public static func exists(_ path: String) -> Bool {
        let before = errno
        defer { errno = before }
        return (try? FileState(path))?.kind == .folder
    }

    /// Forgets what is remembered of the folder at `path`.
    ///
    /// On a network file system, a file that was missing a moment ago may be missed for up to a minute after another machine has made it,
    /// unless the folder is changed from here.
    public static func refresh(_ path: String) {
        let name = "\(path)/.look-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        if unsafe mkdir(name, 0o777) == 0 { unsafe rmdir(name) }
    }

    /// The names in the folder at `path`, sorted; those that begin with a dot only where they are asked for.
    public static func names(in path: String, includesHidden: Bool = false) throws(FileError) -> [String] {
        guard let stream = unsafe opendir(path) else { throw FileError(.list, path, errno: errno) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
            }
            if !name.hasPrefix(".") || includesHidden && name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw FileError(.list, path, errno: errno) }
        return names.sorted()
    }

    /// Puts the folder at `source` in the place of the one at `target`, if any, which is removed once `source` stands there.
    ///
    /// Both must be on the same file system. Should the process be killed in between, `target` is missing and `source` whole.
    public static func move(_ source: String, replacing target: String) throws(FileError) {
        let old = "\(parent(of: target))/.old-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let hasOld = unsafe rename(target, old) == 0
        guard unsafe rename(source, target) == 0 else {
            let code = errno
            if hasOld { unsafe rename(old, target) }
            throw FileError(.write, target, errno: code)
        }
        if hasOld { try remove(old) }
    }

    /// Removes the file or the folder at `path` with all it holds; what is absent is fine.
    public static func remove(_ path: String) throws(FileError) {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch let error as CocoaError where error.code == .fileNoSuchFile {
            return
        } catch {
            let underlying = (error as? CocoaError)?.underlying as? POSIXError
            throw FileError(.remove, path, errno: underlying?.code.rawValue ?? EIO)
        }
    }
}

extension StringProtocol {
    /// Without the `character`s at its end.
    fileprivate func trimmingSuffix(_ character: Character) -> SubSequence {
        var end = endIndex
        while end > startIndex, self[index(before: end)] == character { end = index(before: end) }
        return self[..<end]
    }
}
