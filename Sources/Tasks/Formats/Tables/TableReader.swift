/// One row of a table.
struct TableRow {
    /// One field of a row.
    struct Field {
        /// Its bytes, without the quotes around it.
        var range: Range<Int>
        /// Whether it stood in quotes.
        var isQuoted: Bool
    }

    /// The bytes of the row, and the line on which it begins.
    var line = TextFile.Line(number: 1, range: 0..<0)
    /// Its fields.
    var fields: [Field] = []
    /// What is wrong with it.
    var fault: DataError?
}

/// Cuts a table into rows: one line each, but for line ends in quotes (RFC 4180).
struct TableReader {
    private let file: TextFile
    private let delimiter: UInt8
    private let hasQuotes: Bool
    private var offset = 0
    private var line = 1

    /// - Parameters:
    ///   - delimiter: what stands between fields.
    ///   - hasQuotes: whether a field may stand in double quotes; else they are like other characters.
    init(_ file: TextFile, delimiter: UInt8, hasQuotes: Bool) {
        self.file = file
        self.delimiter = delimiter
        self.hasQuotes = hasQuotes
    }

    /// Puts the next row that is not empty into `row`.
    ///
    /// - Returns: whether there was one.
    /// - Throws: where a quote is never closed, since then nobody knows where the row ends.
    mutating func next(_ row: inout TableRow) throws(DataError) -> Bool {
        let bytes = file.bytes
        while offset < bytes.count {
            row.line = TextFile.Line(number: line, range: offset..<offset)
            row.fields.removeAll(keepingCapacity: true)
            row.fault = nil
            repeat { try field(&row, bytes) } while isAt(delimiter, bytes)
            row.line.range = row.line.range.lowerBound..<offset
            endLine(bytes)
            if row.fields.count == 1, let only = row.fields.first, only.range.isEmpty, !only.isQuoted { continue }
            return true
        }
        return false
    }

    /// Reads a field, before which a delimiter may stand that belongs to the field in front of it.
    private mutating func field(_ row: inout TableRow, _ bytes: [UInt8]) throws(DataError) {
        if !row.fields.isEmpty { offset += 1 }
        guard hasQuotes, isAt(UInt8(ascii: "\""), bytes) else {
            row.fields.append(TableRow.Field(range: plain(bytes), isQuoted: false))
            return
        }
        let start = offset
        guard let range = quoted(bytes) else {
            throw DataError(
                "the quote that opens here is never closed; close it, double a quote that is part of a field, or set data.quotes to false",
                at: file.location(of: start, after: row.line))
        }
        row.fields.append(TableRow.Field(range: range, isQuoted: true))
        let rest = offset
        if !plain(bytes).isEmpty, row.fault == nil {
            row.fault = DataError(
                "the field goes on behind its closing quote; double a quote that is part of a field",
                at: file.location(of: rest, after: row.line))
        }
    }

    /// Goes to the end of what stands without quotes.
    private mutating func plain(_ bytes: [UInt8]) -> Range<Int> {
        let span = bytes.span
        var end = offset
        while end < span.count {
            let byte = span[end]
            if byte == delimiter || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
            end += 1
        }
        defer { offset = end }
        return offset..<end
    }

    /// Goes behind the closing quote; `nil` where there is none.
    private mutating func quoted(_ bytes: [UInt8]) -> Range<Int>? {
        let span = bytes.span
        var end = offset + 1
        let start = end
        while end < span.count {
            let byte = span[end]
            if byte == UInt8(ascii: "\"") {
                let isDoubled = end + 1 < span.count && span[end + 1] == UInt8(ascii: "\"")
                if !isDoubled {
                    offset = end + 1
                    return start..<end
                }
                end += 1
            } else if byte == UInt8(ascii: "\n") {
                line += 1
            } else if byte == UInt8(ascii: "\r"), end + 1 == span.count || span[end + 1] != UInt8(ascii: "\n") {
                line += 1
            }
            end += 1
        }
        return nil
    }

    private func isAt(_ byte: UInt8, _ bytes: [UInt8]) -> Bool { offset < bytes.count && bytes[offset] == byte }

    private mutating func endLine(_ bytes: [UInt8]) {
        if isAt(UInt8(ascii: "\r"), bytes) {
            offset += 1
            if isAt(UInt8(ascii: "\n"), bytes) { offset += 1 }
        } else if isAt(UInt8(ascii: "\n"), bytes) {
            offset += 1
        }
        line += 1
    }
}

extension TextFile {
    /// The text of a field; a doubled quote in quotes is one.
    func text(_ field: TableRow.Field) -> String {
        guard field.isQuoted, bytes[field.range].contains(UInt8(ascii: "\"")) else { return text(field.range) }
        var unescaped: [UInt8] = []
        unescaped.reserveCapacity(field.range.count)
        var isSecond = false
        for byte in bytes[field.range] {
            isSecond = byte == UInt8(ascii: "\"") && !isSecond
            if byte != UInt8(ascii: "\"") || isSecond { unescaped.append(byte) }
        }
        return String(decoding: unescaped, as: UTF8.self)
    }
}
