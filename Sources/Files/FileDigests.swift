import Foundation

/// SHA-256 of files, remembered in the cache for as long as path, size, times and inode stay as they were.
///
/// So a checkpoint of 90 MB is hashed once, not once per run.
public struct FileDigests: Sendable {
    private let cache: CacheDirectory?
    private let settlingTime: Int
    static let kind = "file-sha256-v1"
    /// Below this many bytes hashing is faster than looking up.
    private static let smallestRemembered = 128 << 10
    /// A file changed less than this many nanoseconds ago may change again within the clock's step, unseen.
    private static let settlingTime = 2_000_000_000

    /// Digests that are remembered in `cache`, or not at all.
    public init(cache: CacheDirectory?) {
        self.init(cache: cache, settlingTime: Self.settlingTime)
    }

    init(cache: CacheDirectory?, settlingTime: Int) {
        self.cache = cache
        self.settlingTime = settlingTime
    }

    /// The hash of the file at `path`.
    public func digest(of path: String) throws(FileError) -> Digest {
        let state = try FileState(path)
        guard let cache, state.size >= Self.smallestRemembered else { return SHA256.digest(of: try MappedFile(path)) }
        let key = Self.key(path, state)
        if let known = cache.entry(Self.kind, key).flatMap({ Digest(bytes: [UInt8]($0.data)) }) { return known }
        let file = try MappedFile(path)
        file.willReadAll()
        let digest = SHA256.digest(of: file)
        let now = Int(Date().timeIntervalSince1970 * 1e9)
        if try FileState(path) == state, now - max(state.modified, state.changed) > settlingTime {
            cache.store(Data(digest.bytes), Self.kind, key)
        }
        return digest
    }

    static func key(_ path: String, _ state: FileState) -> Digest {
        let absolute = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
        let numbers = [state.size, state.modified, state.changed].map(String.init)
        return SHA256.digest(
            of: ([absolute, String(state.device), String(state.inode)] + numbers).joined(separator: "\0"))
    }
}
