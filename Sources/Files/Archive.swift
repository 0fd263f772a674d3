import Foundation

/// Several parts under names in one file, each with its checksum: what belongs together is there whole or not at all.
///
/// A tar file; its last part, `checksums`, is of the form that the program `xxhsum` reads. Every part begins at a multiple of 512.
public struct Archive: Sendable {
    /// The path as it was asked for.
    public let path: String
    private let file: MappedFile
    private let parts: [String: Range<Int>]

    static let blockSize = 512
    static let checksumsName = "checksums"
    /// The size from which on a part does not fit its eleven octal digits.
    static let sizeLimit = 1 << 33
    /// Where in a header the sum of its bytes stands, which counts itself as spaces.
    static let sumField = 148..<156

    /// Maps the file at `path` and compares every checksum.
    ///
    /// - Throws: where it is not as it was written, with the part that differs.
    public init(_ path: String) throws(FileError) {
        self.path = path
        let file = try MappedFile(path)
        self.file = file
        let found = unsafe file.withBytes { bytes in unsafe Self.parts(of: bytes.bytes) }
        switch found {
        case .success(let parts): self.parts = parts
        case .failure(let damage): throw FileError(.read, path, .damaged(damage.what))
        }
    }

    /// The names of the parts.
    public var names: [String] { parts.keys.sorted() }

    /// The bytes of a part; nil when there is none of that name.
    public func data(_ name: String) -> Data? {
        guard let range = parts[name] else { return nil }
        return unsafe file.withBytes { unsafe Data($0[range]) }
    }

    /// The text of a part; nil when there is none of that name, or it is no text.
    public func text(_ name: String) -> String? {
        data(name).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Where a part lies in the file; nil when there is none of that name.
    public func part(_ name: String) -> FilePart? { parts[name].map { FilePart(file: file, range: $0, name: name) } }

    private struct Damage: Error {
        let what: String
    }

    /// The parts in `bytes`, when all of them are as they were written.
    private static func parts(of bytes: RawSpan) -> Result<[String: Range<Int>], Damage> {
        var parts: [String: Range<Int>] = [:]
        var offset = 0
        while parts[checksumsName] == nil {
            guard bytes.byteCount - offset >= blockSize,
                let (name, size) = header(bytes.extracting(offset..<offset + blockSize))
            else { return .failure(Damage(what: "there is no part at byte \(offset) of \(bytes.byteCount)")) }
            let start = offset + blockSize
            guard size <= bytes.byteCount - start, parts[name] == nil else {
                return .failure(Damage(what: "the part '\(name)' is cut short, or there twice"))
            }
            parts[name] = start..<start + size
            offset = start + (size + blockSize - 1) / blockSize * blockSize
        }
        guard let sums = parts.removeValue(forKey: checksumsName) else { return .success(parts) }
        return compare(bytes, parts, checksums: text(bytes.extracting(sums)))
    }

    private static func compare(
        _ bytes: RawSpan, _ parts: [String: Range<Int>], checksums: String
    ) -> Result<[String: Range<Int>], Damage> {
        var left = parts
        for line in checksums.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 2, let range = left.removeValue(forKey: words[1]) else {
                return .failure(Damage(what: "its checksums are of other parts"))
            }
            guard UInt64(words[0], radix: 16) == XXHash64.checksum(of: bytes.extracting(range)) else {
                return .failure(Damage(what: "the part '\(words[1])' has another checksum"))
            }
        }
        return left.isEmpty ? .success(parts) : .failure(Damage(what: "it has parts without a checksum"))
    }

    /// Name and size in the block before a part; nil when it is none.
    private static func header(_ block: RawSpan) -> (name: String, size: Int)? {
        func field(_ range: Range<Int>) -> String {
            text(block.extracting(range)).split(separator: "\u{0}", omittingEmptySubsequences: false).first
                .map(String.init) ?? ""
        }
        let name = field(0..<100)
        guard !name.isEmpty, field(257..<262) == "ustar",
            let size = Int(field(124..<135), radix: 8), size >= 0,
            Int(field(sumField), radix: 8) == sum(of: block)
        else { return nil }
        return (name, size)
    }

    /// The sum of a header's bytes.
    static func sum(of block: RawSpan) -> Int {
        (0..<block.byteCount).reduce(0) { sum, index in
            sum
                + (sumField.contains(index)
                    ? 0x20 : Int(unsafe block.unsafeLoad(fromByteOffset: index, as: UInt8.self)))
        }
    }

    private static func text(_ bytes: RawSpan) -> String {
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}

/// A part of a mapped file.
public struct FilePart: Sendable {
    /// The file.
    public let file: MappedFile
    /// The bytes of the file that belong to the part.
    public let range: Range<Int>
    /// What it is called.
    public let name: String
}
