import Foundation

/// What is worth keeping between runs, by kind and content hash: `<cache>/<kind>/<digest>`.
///
/// The cache only saves time: an entry that is missing, cut short or damaged is absent, and a failed write is not an error. The
/// whole folder may be deleted at any time.
public struct CacheDirectory: Sendable {
    /// The folder that holds the kinds.
    public let path: String

    /// A cache in the folder at `path`, which is made with the first entry.
    public init(path: String) {
        self.path = path
    }

    /// `$PEFTEXP_CACHE`, else `$XDG_CACHE_HOME/peftexp`, else `~/.cache/peftexp`; nil where none of them is set.
    public init?(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let path = value("PEFTEXP_CACHE") {
            self.init(path: path)
        } else if let folder = value("XDG_CACHE_HOME") {
            self.init(path: "\(folder)/peftexp")
        } else if let home = value("HOME") {
            self.init(path: "\(home)/.cache/peftexp")
        } else {
            return nil
        }
    }

    /// The entry of this kind under `key`, when there is an undamaged one.
    ///
    /// - Parameter kind: what the bytes mean and in which layout, as in `tokens-v1`; a new layout is a new kind.
    public func entry(_ kind: String, _ key: Digest) -> CacheEntry? {
        guard let file = try? MappedFile(entryPath(kind, key)) else { return nil }
        return CacheEntry(file)
    }

    /// Keeps `payload` under `key`; says whether that worked, for tests and for talk, not as an error.
    @discardableResult
    public func store(_ payload: Data, _ kind: String, _ key: Digest) -> Bool {
        do {
            try Folder.make("\(path)/\(kind)")
            try AtomicFile.write(CacheEntry.header(of: payload) + payload, to: entryPath(kind, key))
            return true
        } catch {
            return false
        }
    }

    func entryPath(_ kind: String, _ key: Digest) -> String {
        "\(path)/\(kind)/\(key.hex)"
    }
}

/// One undamaged entry of the cache, mapped.
public struct CacheEntry: Sendable {
    private let file: MappedFile

    /// Magic number, length of the payload, its checksum, 8 bytes of zero: the payload begins at a multiple of 32.
    private static let headerSize = 32
    private static let magic: UInt64 = 0x3165_6863_6163_5850

    /// The number of payload bytes.
    public var count: Int { file.count - Self.headerSize }

    /// The entry in `file`; nil when it is not one, or was cut short or damaged.
    init?(_ file: MappedFile) {
        guard file.count >= Self.headerSize else { return nil }
        let isWhole = unsafe file.withBytes { unsafe Self.isWhole($0.bytes) }
        guard isWhole else { return nil }
        self.file = file
    }

    /// Lends the payload, which begins at an address that is a multiple of 32; the pointer must not leave `body`.
    public func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try unsafe file.withBytes { (bytes) throws(E) -> R in
            try unsafe body(UnsafeRawBufferPointer(rebasing: bytes[Self.headerSize...]))
        }
    }

    /// A copy of the payload.
    public var data: Data { unsafe withBytes { unsafe Data($0) } }

    static func header(of payload: Data) -> Data {
        var header = Data()
        for word in [magic, UInt64(payload.count), XXHash64.checksum(of: payload.bytes), 0] {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                header.append(UInt8(truncatingIfNeeded: word &>> shift))
            }
        }
        return header
    }

    private static func isWhole(_ bytes: RawSpan) -> Bool {
        func word(_ index: Int) -> UInt64 {
            UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        let payload = bytes.extracting(droppingFirst: headerSize)
        return word(0) == magic && word(1) == UInt64(payload.byteCount) && word(2) == XXHash64.checksum(of: payload)
    }
}
