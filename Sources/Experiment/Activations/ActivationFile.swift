import Files
import Foundation
import Tensors

/// Activations of one data set as a file of the cache: a header, the rows, and a checksum of each block of them.
///
/// The file appears whole or not at all, and several processes may write it at the same time: they write the same.
struct ActivationFile: Sendable {
    /// What a file of this layout is called in the cache; a new layout is a new kind.
    private static let kind = "activations-v1"
    private static let headerSize = 64
    private static let magic: UInt64 = 0x3176_7463_6166_5850

    /// Why a file is of no use.
    struct Damage: Error, CustomStringConvertible {
        let description: String
    }

    /// Where it stands.
    let path: String
    private let folder: String
    private let key: Digest

    init(_ cache: CacheDirectory, _ key: Digest) {
        folder = "\(cache.path)/\(Self.kind)"
        path = "\(folder)/\(key.hex)"
        self.key = key
    }

    /// Whether a cache has any of them.
    static func hasAny(in cache: CacheDirectory) -> Bool {
        !((try? Folder.names(in: "\(cache.path)/\(kind)")) ?? []).isEmpty
    }

    /// Whether there is one.
    var exists: Bool { FileContents.exists(path) }

    /// The rows in the file, mapped; every block is compared with its checksum.
    ///
    /// - Parameters:
    ///   - columns: of each row.
    ///   - blocks: the rows of each block.
    /// - Throws: `Damage` or `FileError`.
    func rows(columns: Int, blocks: [Range<Int>]) throws -> Tensor {
        let file = try MappedFile(path)
        let count = blocks.last?.upperBound ?? 0
        let payload = count * columns * ActivationTable.bytesPerElement
        guard file.count == Self.headerSize + payload + 8 * blocks.count else {
            throw Damage(description: "it is cut short, or longer than it was")
        }
        file.willReadAll()
        let header = header(rows: count, columns: columns, blocks: blocks.count)
        let (isOurs, sums) = unsafe file.withBytes { bytes in
            let sums = (0..<blocks.count).map { index in
                UInt64(
                    littleEndian: unsafe bytes.loadUnaligned(
                        fromByteOffset: Self.headerSize + payload + 8 * index, as: UInt64.self))
            }
            return (unsafe bytes.prefix(Self.headerSize).elementsEqual(header), sums)
        }
        guard isOurs, let rows = Tensor([count, columns], in: file, at: Self.headerSize) else {
            throw Damage(description: "it is of other data, or damaged at its beginning")
        }
        for (block, sum) in zip(blocks, sums) {
            guard rows.rows(block).withBytes({ XXHash64.checksum(of: $0) }) == sum else {
                throw Damage(description: "its rows \(block.lowerBound) to \(block.upperBound) are damaged")
            }
        }
        return rows
    }

    /// Writes the blocks that `body` gives, in their order.
    ///
    /// - Parameter bytes: what older files of the cache may keep beside it.
    func write(
        rows: Int, columns: Int, blocks: Int, leaving bytes: Int, _ body: ((Tensor) throws -> Void) throws -> Void
    )
        throws
    {
        try Folder.make(folder)
        makeRoom(leaving: bytes)
        try AtomicFile.write(to: path) { sink in
            try sink.write(header(rows: rows, columns: columns, blocks: blocks).bytes)
            var sums = Data()
            try body { part in
                try part.withBytes { span in
                    try sink.write(span)
                    Self.append(XXHash64.checksum(of: span), to: &sums)
                }
            }
            try sink.write(sums.bytes)
        }
    }

    /// Notes that the file was of use, so that others go first.
    func touch() { try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: path) }

    /// Bytes that the disk has left; nil where it does not say.
    var freeBytes: Int? {
        try? Folder.make(folder)
        let values = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        return (values?[.systemFreeSize] as? NSNumber)?.intValue
    }

    /// Removes the files that were of no use for longest until the others take no more than `bytes`, and what killed processes left.
    private func makeRoom(leaving bytes: Int) {
        var files: [(path: String, date: Date, bytes: Int)] = []
        for name in (try? Folder.names(in: folder, includesHidden: true)) ?? [] where "\(folder)/\(name)" != path {
            let file = "\(folder)/\(name)"
            guard let values = try? FileManager.default.attributesOfItem(atPath: file) else { continue }
            let date = values[.modificationDate] as? Date ?? .distantPast
            if name.hasPrefix(".") {
                // What is being written is younger.
                if date.timeIntervalSinceNow < -Self.abandonedAfter { try? Folder.remove(file) }
            } else {
                files.append((file, date, (values[.size] as? NSNumber)?.intValue ?? 0))
            }
        }
        var total = files.reduce(0) { $0 + $1.bytes }
        for file in files.sorted(by: { $0.date < $1.date }) where total > max(0, bytes) {
            try? Folder.remove(file.path)
            total -= file.bytes
        }
    }

    /// Seconds without a write after which a file that is being written is nobody's.
    private static let abandonedAfter = 3600.0

    private func header(rows: Int, columns: Int, blocks: Int) -> Data {
        var header = Data()
        for word in [Self.magic, UInt64(rows), UInt64(columns), UInt64(blocks)] { Self.append(word, to: &header) }
        return header + Data(key.bytes)
    }

    private static func append(_ word: UInt64, to data: inout Data) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { data.append(UInt8(truncatingIfNeeded: word &>> shift)) }
    }
}
