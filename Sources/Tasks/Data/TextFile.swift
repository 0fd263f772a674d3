import Files
import Foundation
import YAML

/// The bytes of a text file, and where things stand in them.
///
/// `\n`, `\r\n` and `\r` end a line; a byte order mark is passed over.
struct TextFile: Sendable {
    /// A part of the file that begins where a line does.
    struct Line: Hashable, Sendable {
        /// The line's number, from 1.
        var number: Int
        /// Its bytes, without the line's end.
        var range: Range<Int>
    }

    /// The file as the user named it.
    let path: String
    /// What it holds, without a byte order mark.
    let bytes: [UInt8]
    /// Whether all of it is UTF-8 without NUL, so that no part needs to be looked at again.
    private let isSound: Bool

    /// Reads the file at `path`.
    init(_ path: String) throws(DataError) {
        let data: Data
        do { data = try FileContents.data(at: path) } catch { throw DataError(error) }
        try self.init([UInt8](data), path: path)
    }

    /// The file at `path`, which holds `bytes`.
    init(_ bytes: [UInt8], path: String) throws(DataError) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw DataError(
                "this is UTF-16; save the file as UTF-8", at: SourceLocation(file: path, line: 1, column: 1))
        }
        self.path = path
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        isSound = Self.firstFault(self.bytes, 0..<self.bytes.count) == nil
    }

    /// The lines in their order.
    var lines: LineSequence { LineSequence(file: self) }

    /// The place of the byte at `offset`, which stands behind the start of `line` or on a line below.
    func location(of offset: Int, after line: Line) -> SourceLocation {
        var (number, column) = (line.number, 1)
        let span = bytes.span
        var index = line.range.lowerBound
        let end = min(offset, span.count)
        while index < end {
            let byte = span[index]
            index += 1
            if byte == UInt8(ascii: "\n")
                || byte == UInt8(ascii: "\r") && !(index < span.count && span[index] == UInt8(ascii: "\n"))
            {
                (number, column) = (number + 1, 1)
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return SourceLocation(file: path, line: number, column: column)
    }

    /// The place where `line` begins.
    func location(of line: Line) -> SourceLocation { SourceLocation(file: path, line: line.number, column: 1) }

    /// Refuses a part of the file that is not UTF-8 or that has a NUL in it.
    func check(_ line: Line) throws(DataError) {
        if isSound { return }
        guard let offset = Self.firstFault(bytes, line.range) else { return }
        let message =
            bytes[offset] == 0
            ? "a NUL stands here, which is no text; remove it"
            : "these bytes are not UTF-8 text; save the file as UTF-8"
        throw DataError(message, at: location(of: offset, after: line))
    }

    /// The text of a part that was checked.
    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: bytes.indices)], as: UTF8.self)
    }

    /// The first byte in `range` that is no text.
    private static func firstFault(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
        let span = bytes.span.extracting(range)
        var first: Int?
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: span)
        } catch {
            first = error.byteOffsets.lowerBound
        }
        for index in 0..<(first ?? span.count) where span[index] == 0 { return range.lowerBound + index }
        return first.map { range.lowerBound + $0 }
    }
}

extension TextFile {
    /// Whether nothing but spaces and tabs stands in `range`.
    func isBlank(_ range: Range<Int>) -> Bool {
        bytes[range].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }
}
