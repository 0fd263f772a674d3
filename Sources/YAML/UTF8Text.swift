/// Where things stand in UTF-8 bytes.
enum UTF8Text {
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The first byte that keeps `bytes` from being UTF-8.
    static func invalidOffset(in bytes: [UInt8]) -> Int? {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    /// The place of the byte at `offset`; `\n`, `\r` and `\r\n` end a line.
    static func location(of offset: Int, in bytes: [UInt8], file: String) -> SourceLocation {
        var cursor = TextCursor()
        for index in 0..<min(offset, bytes.count) {
            let isBreak = bytes[index] == UInt8(ascii: "\n")
            let isOldBreak = bytes[index] == UInt8(ascii: "\r") && bytes[(index + 1)...].first != UInt8(ascii: "\n")
            if isBreak || isOldBreak { cursor.startLine(at: index + 1) }
        }
        return SourceLocation(file: file, position: cursor.place(of: offset, in: bytes))
    }
}

/// Follows a reader through a text, and tells lines and columns without starting over.
struct TextCursor {
    private var line = 1
    private var column = 1
    /// The byte at `line` and `column`.
    private var offset = 0

    /// A line starts at `offset`.
    mutating func startLine(at offset: Int) {
        line += 1
        column = 1
        self.offset = offset
    }

    /// What lies before `offset` has no width.
    mutating func skip(to offset: Int) { self.offset = offset }

    /// The place of `target`, which lies in the current line and not before an earlier target.
    mutating func place(of target: Int, in bytes: [UInt8]) -> SourceLocation.Position {
        let span = bytes.span
        let end = min(target, span.count)
        while offset < end {
            if span[offset] & 0xC0 != 0x80 { column += 1 }
            offset += 1
        }
        return SourceLocation.Position(line: line, column: column)
    }
}
