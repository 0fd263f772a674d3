/// Reads XML property lists into located nodes.
///
/// An own reader of the few elements there are: it knows where each stands, and no depth or reference in a
/// file can harm it. A binary property list is refused with the way to convert it; so are `date` and `data`,
/// which no manifest needs.
public enum PropertyListText {
    /// The value that `bytes` (UTF-8) hold; `file` names them in locations.
    public static func parse(_ bytes: some Collection<UInt8>, file: String) throws(TextError) -> Node {
        var mistakes: [TextError] = []
        let node = try parse(bytes, file: file, &mistakes)
        if let first = mistakes.first { throw first }
        return node
    }

    /// The same, but what can be passed over, such as a key that stands twice, goes into `mistakes`.
    static func parse(
        _ bytes: some Collection<UInt8>, file: String, _ mistakes: inout [TextError]
    ) throws(TextError) -> Node {
        if bytes.starts(with: "bplist".utf8) {
            throw TextError(
                "this property list is binary; write it as XML: plutil -convert xml1 '\(file)'",
                at: SourceLocation(file: file))
        }
        var parser = PropertyListParser(bytes: try UTF8Text.checked(bytes, file: file), file: file)
        defer { mistakes += parser.mistakes }
        return try parser.document()
    }
}

/// One pass over the bytes of an XML property list.
private struct PropertyListParser {
    let bytes: [UInt8]
    let file: String
    /// The byte that is read next.
    var position = 0
    var cursor = TextCursor()
    /// Keys that stand twice.
    var mistakes: [TextError] = []

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// `<name>`, `</name>` or `<name/>`
    struct Tag {
        enum Kind { case open, close, empty }
        var kind: Kind
        var name: String
        var location: SourceLocation
    }

    mutating func document() throws(TextError) -> Node {
        let root = try tag()
        guard root.kind == .open, root.name == "plist" else {
            throw TextError("expected <plist>, with which a property list starts", at: root.location)
        }
        let node = try value(try tag(), depth: 0)
        try close("plist")
        try skipBetweenTags()
        guard position == bytes.count else { throw error("the text goes on after </plist>") }
        return node
    }

    mutating func error(_ message: String) -> TextError { TextError(message, at: location()) }

    mutating func location() -> SourceLocation {
        SourceLocation(file: file, position: cursor.place(of: position, in: bytes))
    }

    func starts(with text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    /// Steps behind the next `end`.
    mutating func skip(through end: String) throws(TextError) {
        while position < bytes.count {
            if starts(with: end) {
                position += end.utf8.count
                return
            }
            position += 1
        }
        throw error("the text ends before '\(end)'")
    }

    /// Steps over space, comments, and what stands before the first element.
    mutating func skipBetweenTags() throws(TextError) {
        while position < bytes.count {
            if starts(with: "<!--") {
                try skip(through: "-->")
            } else if starts(with: "<?") {
                try skip(through: "?>")
            } else if starts(with: "<!DOCTYPE") {
                try skip(through: ">")
            } else if [" ", "\t", "\n", "\r"].contains(Unicode.Scalar(bytes[position])) {
                position += 1
            } else {
                return
            }
        }
    }

    mutating func tag() throws(TextError) -> Tag {
        try skipBetweenTags()
        let start = location()
        guard starts(with: "<") else {
            throw error(position < bytes.count ? "expected an element such as <dict>" : "the text ends too early")
        }
        position += 1
        var kind = Tag.Kind.open
        if starts(with: "/") {
            kind = .close
            position += 1
        }
        let nameStart = position
        while position < bytes.count, 0x61...0x7A ~= bytes[position] { position += 1 }
        let name = String(decoding: bytes[nameStart..<position], as: UTF8.self)
        let attributes = position
        try skip(through: ">")
        if kind == .open, position - 2 >= attributes, bytes[position - 2] == UInt8(ascii: "/") { kind = .empty }
        return Tag(kind: kind, name: name, location: start)
    }

    mutating func close(_ name: String) throws(TextError) {
        let tag = try tag()
        guard tag.kind == .close, tag.name == name else { throw TextError("expected </\(name)>", at: tag.location) }
    }

    mutating func value(_ tag: Tag, depth: Int) throws(TextError) -> Node {
        guard depth < YAMLText.depthLimit else {
            throw TextError("lists and dictionaries stand too deep inside each other", at: tag.location)
        }
        guard tag.kind != .close else { throw TextError("expected a value, not </\(tag.name)>", at: tag.location) }
        let isEmpty = tag.kind == .empty
        switch tag.name {
        case "dict": return Node(.mapping(isEmpty ? [] : try pairs(depth: depth)), at: tag.location)
        case "array": return Node(.sequence(isEmpty ? [] : try elements(depth: depth)), at: tag.location)
        case "true", "false":
            if !isEmpty { try close(tag.name) }
            return Node(.scalar(Node.Scalar(tag.name, isPlain: true)), at: tag.location)
        case "string":
            let text = isEmpty ? "" : try text(closing: tag.name)
            return Node(.scalar(Node.Scalar(text, isPlain: false)), at: tag.location)
        case "integer", "real":
            let text = isEmpty ? "" : try text(closing: tag.name)
            let node = Node(.scalar(Node.Scalar(text, isPlain: true)), at: tag.location)
            guard tag.name == "integer" ? node.integer != nil : node.number != nil else {
                throw TextError(
                    "'\(text)' is not \(tag.name == "integer" ? "an integer" : "a number")", at: tag.location)
            }
            return node
        default:
            throw TextError(
                "<\(tag.name)> is not supported; use dict, array, string, integer, real, true or false",
                at: tag.location)
        }
    }

    mutating func elements(depth: Int) throws(TextError) -> [Node] {
        var nodes: [Node] = []
        while true {
            let tag = try tag()
            if tag.kind == .close, tag.name == "array" { return nodes }
            nodes.append(try value(tag, depth: depth + 1))
        }
    }

    mutating func pairs(depth: Int) throws(TextError) -> [Node.Pair] {
        var pairs: [Node.Pair] = []
        var keys = UniqueKeys()
        while true {
            let tag = try tag()
            if tag.kind == .close, tag.name == "dict" { return pairs }
            guard tag.kind == .open, tag.name == "key" else { throw TextError("expected <key>", at: tag.location) }
            let key = try text(closing: "key")
            let duplicate = keys.insert(key, at: tag.location, after: pairs)
            let value = try value(try self.tag(), depth: depth + 1)
            if let duplicate {
                mistakes.append(duplicate)
            } else {
                pairs.append(Node.Pair(key: key, at: tag.location, value: value))
            }
        }
    }

    /// The text up to `</name>`, its entities resolved.
    mutating func text(closing name: String) throws(TextError) -> String {
        var text: [UInt8] = []
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "<"):
                try close(name)
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "&"): text += try entity().utf8
            case let byte:
                text.append(byte)
                position += 1
            }
        }
        throw error("the text ends before </\(name)>")
    }

    /// What the entity that is next stands for: `&lt;` and its like, `&#233;`, `&#xe9;`.
    mutating func entity() throws(TextError) -> String {
        let named = ["&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": "\"", "&apos;": "'"]
        if let (name, text) = named.first(where: { starts(with: $0.key) }) {
            position += name.utf8.count
            return text
        }
        let body = bytes[(position + 1)...].prefix(12).prefix { $0 != UInt8(ascii: ";") }
        let name = String(decoding: body, as: UTF8.self)
        let code = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst(1))
        guard name.hasPrefix("#"), let code, code > 0, let scalar = Unicode.Scalar(code) else {
            throw error("unknown entity; write '&amp;' for '&'")
        }
        position += body.count + 2
        return String(scalar)
    }
}
