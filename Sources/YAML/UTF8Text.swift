/// Bytes that are to be read as text, and where things stand in them.
enum UTF8Text {
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The bytes without a byte order mark; bytes that are not UTF-8 are refused.
    static func checked(_ bytes: some Collection<UInt8>, file: String, line: Int = 1) throws(TextError) -> [UInt8] {
        var bytes = Array(bytes)
        if bytes.starts(with: byteOrderMark) { bytes.removeFirst(byteOrderMark.count) }
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw TextError(
                "these bytes are not UTF-8 text",
                at: location(of: error.byteOffsets.lowerBound, in: bytes, file: file, line: line))
        }
        return bytes
    }

    /// The place of the byte at `offset`.
    static func location(of offset: Int, in bytes: [UInt8], file: String, line: Int = 1) -> SourceLocation {
        var cursor = TextCursor(line: line)
        return SourceLocation(file: file, position: cursor.place(of: offset, in: bytes))
    }
}

/// Follows a reader through a text, and tells lines and columns without starting over.
///
/// `\n`, `\r` and `\r\n` end a line.
struct TextCursor {
    private var line: Int
    private var column = 1
    /// The byte at `line` and `column`.
    private var offset = 0

    /// A reader at the start of `line`.
    init(line: Int = 1) {
        self.line = line
    }

    /// The place of the byte at `target`, which does not lie before an earlier target.
    mutating func place(of target: Int, in bytes: [UInt8]) -> SourceLocation.Position {
        let span = bytes.span
        let end = min(target, span.count)
        while offset < end {
            let byte = span[offset]
            offset += 1
            if byte & 0xC0 == 0x80 { continue }
            let isBreak = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            if isBreak, byte == UInt8(ascii: "\n") || offset == span.count || span[offset] != UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        return SourceLocation.Position(line: line, column: column)
    }
}
