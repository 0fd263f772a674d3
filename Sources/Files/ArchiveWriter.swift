import Foundation

/// Writes an ``Archive`` part by part, so that only one of them has to be in memory at a time.
public final class ArchiveWriter {
    private let sink: FileSink
    private let path: String
    private var checksums = ""

    fileprivate init(_ sink: FileSink, path: String) {
        self.sink = sink
        self.path = path
    }

    /// Adds the part `name`, which is of at most 100 bytes and there only once.
    public func add(_ name: String, _ data: Data) throws(FileError) {
        let checksum = String(XXHash64.checksum(of: data.bytes), radix: 16)
        checksums += String(repeating: "0", count: 16 - checksum.count) + "\(checksum)  \(name)\n"
        try append(name, data)
    }

    /// Adds a text as the part `name`.
    public func add(_ name: String, _ text: String) throws(FileError) { try add(name, Data(text.utf8)) }

    /// The checksums, and the two empty blocks that end a tar file.
    fileprivate func end() throws(FileError) {
        try append(Archive.checksumsName, Data(checksums.utf8))
        try sink.write(Data(count: 2 * Archive.blockSize).bytes)
    }

    private func append(_ name: String, _ data: Data) throws(FileError) {
        try sink.write(try header(name, size: data.count).bytes)
        try sink.write(data.bytes)
        try sink.write(Data(count: (Archive.blockSize - data.count % Archive.blockSize) % Archive.blockSize).bytes)
    }

    /// The block before a part, of the form that POSIX calls `ustar`.
    private func header(_ name: String, size: Int) throws(FileError) -> Data {
        precondition(1...100 ~= name.utf8.count, "Archive: '\(name)' is no name of a part")
        guard size < Archive.sizeLimit else { throw FileError(.write, path, errno: EFBIG) }
        var header = Data(count: Archive.blockSize)
        func put(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        func octal(_ value: Int, digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: digits - text.count) + text
        }
        put(name, at: 0)
        for (text, offset) in [("0000644", 100), ("0000000", 108), ("0000000", 116)] { put(text, at: offset) }
        put(octal(size, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        put(octal(Archive.sum(of: header.bytes), digits: 6) + "\u{0} ", at: Archive.sumField.lowerBound)
        return header
    }
}

extension Archive {
    /// Writes the parts that `body` adds to the file at `path`, whole or not at all; its folder must exist.
    public static func write(to path: String, _ body: (ArchiveWriter) throws -> Void) throws {
        try AtomicFile.write(to: path) { sink in
            let writer = ArchiveWriter(sink, path: path)
            try body(writer)
            try writer.end()
        }
    }
}
