/// Reads JSON (RFC 8259, strictly) into located nodes.
///
/// Strings become quoted scalars; numbers, `true`, `false` and `null` plain ones. A key that stands twice in
/// an object is an error. A byte order mark is passed over.
public enum JSONText {
    /// Arrays and objects may stand inside each other this deep.
    static let depthLimit = 512

    /// The value that `bytes` (UTF-8) hold; `file` names them in locations.
    public static func parse(_ bytes: some Collection<UInt8>, file: String) throws(TextError) -> Node {
        try parse(bytes, file: file, line: 1)
    }

    /// The value that `bytes` hold, the first of which stands at the start of `line` of the file.
    public static func parse(_ bytes: some Collection<UInt8>, file: String, line: Int) throws(TextError) -> Node {
        var mistakes: [TextError] = []
        let node = try parse(bytes, file: file, line: line, &mistakes)
        if let first = mistakes.first { throw first }
        return node
    }

    /// The same, but what can be passed over, such as a key that stands twice, goes into `mistakes`.
    static func parse(
        _ bytes: some Collection<UInt8>, file: String, line: Int = 1, _ mistakes: inout [TextError]
    ) throws(TextError) -> Node {
        var parser = JSONParser(try UTF8Text.checked(bytes, file: file, line: line), file: file, line: line)
        defer { mistakes += parser.mistakes }
        return try parser.document()
    }

    /// The value that `text` holds; `file` names it in locations.
    public static func parse(_ text: String, file: String) throws(TextError) -> Node {
        try parse(text.utf8, file: file)
    }
}

/// One pass over the bytes of a JSON text.
private struct JSONParser {
    let bytes: [UInt8]
    let file: String
    /// The byte that is read next.
    var position = 0
    var cursor: TextCursor
    /// Keys that stand twice.
    var mistakes: [TextError] = []

    init(_ bytes: [UInt8], file: String, line: Int) {
        self.bytes = bytes
        self.file = file
        cursor = TextCursor(line: line)
    }

    mutating func document() throws(TextError) -> Node {
        skipSpace()
        let node = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw error("the text goes on after the end of the value") }
        return node
    }

    /// The place of the byte at `position`.
    mutating func location() -> SourceLocation {
        SourceLocation(file: file, position: cursor.place(of: position, in: bytes))
    }

    mutating func error(_ message: String) -> TextError { TextError(message, at: location()) }

    /// The byte that is read next; 0, which no JSON holds, at the end.
    var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

    mutating func skipSpace() {
        while true {
            switch next {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): position += 1
            default: return
            }
        }
    }

    mutating func value(depth: Int) throws(TextError) -> Node {
        let start = location()
        guard depth < JSONText.depthLimit else { throw error("arrays and objects stand too deep inside each other") }
        switch next {
        case UInt8(ascii: "{"): return Node(.mapping(try object(depth: depth)), at: start)
        case UInt8(ascii: "["): return Node(.sequence(try array(depth: depth)), at: start)
        case UInt8(ascii: "\""): return Node(.scalar(Node.Scalar(try string(), isPlain: false)), at: start)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return Node(.scalar(Node.Scalar(try number(), isPlain: true)), at: start)
        case UInt8(ascii: "t"): return try word("true", at: start)
        case UInt8(ascii: "f"): return try word("false", at: start)
        case UInt8(ascii: "n"): return try word("null", at: start)
        default: throw error(position < bytes.count ? "expected a value" : "the text ends where a value is expected")
        }
    }

    mutating func object(depth: Int) throws(TextError) -> [Node.Pair] {
        var pairs: [Node.Pair] = []
        var keys = UniqueKeys()
        position += 1
        skipSpace()
        if next == UInt8(ascii: "}") {
            position += 1
            return pairs
        }
        while true {
            let start = location()
            guard next == UInt8(ascii: "\"") else { throw error("expected a key in double quotes") }
            let key = try string()
            let duplicate = keys.insert(key, at: start, after: pairs)
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw error("expected ':' after the key") }
            position += 1
            skipSpace()
            let value = try value(depth: depth + 1)
            if let duplicate {
                mistakes.append(duplicate)
            } else {
                pairs.append(Node.Pair(key: key, at: start, value: value))
            }
            if try closes(UInt8(ascii: "}"), "expected ',' or '}'") { return pairs }
        }
    }

    mutating func array(depth: Int) throws(TextError) -> [Node] {
        var nodes: [Node] = []
        position += 1
        skipSpace()
        if next == UInt8(ascii: "]") {
            position += 1
            return nodes
        }
        while true {
            nodes.append(try value(depth: depth + 1))
            if try closes(UInt8(ascii: "]"), "expected ',' or ']'") { return nodes }
        }
    }

    /// Steps over what follows an element: `close`, which ends the list, or a comma.
    mutating func closes(_ close: UInt8, _ message: String) throws(TextError) -> Bool {
        skipSpace()
        let byte = next
        guard byte == close || byte == UInt8(ascii: ",") else { throw error(message) }
        position += 1
        guard byte != close else { return true }
        skipSpace()
        return false
    }

    mutating func word(_ word: String, at start: SourceLocation) throws(TextError) -> Node {
        guard bytes[position...].starts(with: word.utf8) else { throw error("expected a value") }
        position += word.utf8.count
        return Node(.scalar(Node.Scalar(word, isPlain: true)), at: start)
    }

    /// `-? (0 | [1-9][0-9]*) (\.[0-9]+)? ([eE][-+]?[0-9]+)?`
    mutating func number() throws(TextError) -> String {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits()
        }
        if next == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    mutating func digits() throws(TextError) {
        let start = position
        while UInt8(ascii: "0")...UInt8(ascii: "9") ~= next { position += 1 }
        guard position > start else { throw error("expected a digit") }
    }

    /// The string whose opening quote is next.
    mutating func string() throws(TextError) -> String {
        position += 1
        let start = position
        position = endOfRun(from: start)
        if next == UInt8(ascii: "\"") {
            position += 1
            return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
        }
        var text = Array(bytes[start..<position])
        while next != UInt8(ascii: "\"") {
            if next == UInt8(ascii: "\\") {
                try escape(into: &text)
            } else {
                throw error(
                    position == bytes.count
                        ? "the string has no closing quote"
                        : "a control character in a string must be written as an escape such as \\n")
            }
            let run = position
            position = endOfRun(from: run)
            text += bytes[run..<position]
        }
        position += 1
        return String(decoding: text, as: UTF8.self)
    }

    /// The first place from `start` on where a string ends, escapes, or holds a control character.
    func endOfRun(from start: Int) -> Int {
        let span = bytes.span
        var end = start
        while end < span.count, span[end] >= 0x20, span[end] != UInt8(ascii: "\""), span[end] != UInt8(ascii: "\\") {
            end += 1
        }
        return end
    }

    /// Appends what the escape sequence that is next stands for.
    mutating func escape(into text: inout [UInt8]) throws(TextError) {
        let start = position
        position += 1
        let letter = next
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            position = start
            text += Character(try escapedScalar()).utf8
            return
        default: throw error("unknown escape sequence in a string")
        }
        position += 1
    }

    /// The scalar that one `\u` escape, or two that are a surrogate pair, stand for.
    mutating func escapedScalar() throws(TextError) -> Unicode.Scalar {
        let start = position
        let first = try escapedUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        if first < 0xDC00, next == UInt8(ascii: "\\") {
            let second = try escapedUnit()
            if 0xDC00..<0xE000 ~= second,
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            {
                return scalar
            }
        }
        position = start
        throw error("half of a surrogate pair stands alone")
    }

    /// The UTF-16 unit of the `\u` escape that is next.
    mutating func escapedUnit() throws(TextError) -> UInt32 {
        let end = position + 6
        guard end <= bytes.count, bytes[position + 1] == UInt8(ascii: "u") else {
            throw error("expected '\\u' and four hexadecimal digits")
        }
        var unit: UInt32 = 0
        for byte in bytes[(position + 2)..<end] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("expected '\\u' and four hexadecimal digits")
            }
            unit = unit << 4 | UInt32(digit)
        }
        position = end
        return unit
    }
}
