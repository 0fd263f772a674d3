/// Cuts a chat template into text and brackets, with white space as transformers has it: the line end behind `{% … %}` and
/// `{# … #}` is dropped, and so are spaces before them at the beginning of a line; `-` drops all white space, `+` none.
struct TemplateLexer {
    private let source: [Unicode.Scalar]
    private var offset = 0
    private var place = TemplatePlace()
    private var pieces: [TemplatePiece] = []
    /// Whether what was read last ended a line.
    private var startsLine = true

    private init(_ source: String) {
        var text: [Unicode.Scalar] = []
        for scalar in source.unicodeScalars {
            if scalar == "\n", text.last == "\r" { text.removeLast() }
            text.append(scalar)
        }
        self.source = text.map { $0 == "\r" ? "\n" : $0 }.droppingLastLineEnd
    }

    /// The parts of a template.
    static func pieces(of source: String) throws(TemplateMistake) -> [TemplatePiece] {
        var lexer = Self(source)
        while lexer.offset < lexer.source.count { try lexer.readPiece() }
        return lexer.pieces
    }

    private mutating func readPiece() throws(TemplateMistake) {
        var text: [Unicode.Scalar] = []
        while offset < source.count, !(at("{{") || at("{%") || at("{#")) { text.append(advance()) }
        guard offset < source.count else {
            append(text)
            return
        }
        let start = place
        let isOutput = at("{{")
        let isComment = at("{#")
        skip(2)
        if at("-") {
            while text.last?.isPythonSpace == true { text.removeLast() }
            skip(1)
        } else if at("+") {
            skip(1)
        } else if !isOutput {
            let line = text.lastIndex(of: "\n").map { $0 + 1 } ?? 0
            if line > 0 || startsLine, text[line...].allSatisfy(\.isPythonSpace) { text.removeSubrange(line...) }
        }
        append(text)
        if isComment {
            while offset < source.count, !at("#}"), !at("-#}"), !at("+#}") { skip(1) }
            guard try close("#}", from: start, drops: true) else { throw open("{#", at: start) }
            return
        }
        var tokens: [TemplateToken] = []
        let end = isOutput ? "}}" : "%}"
        while !(try close(end, from: start, drops: !isOutput)) {
            guard offset < source.count else { throw open(isOutput ? "{{" : "{%", at: start) }
            if let token = try readToken() { tokens.append(token) }
        }
        pieces.append(isOutput ? .output(tokens, start) : .statement(tokens, start))
    }

    private func open(_ bracket: String, at start: TemplatePlace) -> TemplateMistake {
        TemplateMistake("'\(bracket)' is not closed", at: start)
    }

    /// Goes behind a closing bracket, if one stands here, and the white space that goes with it.
    private mutating func close(_ end: String, from start: TemplatePlace, drops: Bool) throws(TemplateMistake) -> Bool {
        startsLine = false
        if at("-" + end) {
            skip(1 + end.unicodeScalars.count)
            while offset < source.count, source[offset].isPythonSpace { startsLine = advance() == "\n" }
            return true
        }
        if drops, at("+" + end) {
            skip(1 + end.unicodeScalars.count)
            return true
        }
        guard at(end) else { return false }
        skip(end.unicodeScalars.count)
        if drops, at("\n") {
            skip(1)
            startsLine = true
        }
        return true
    }

    private mutating func append(_ text: [Unicode.Scalar]) {
        if !text.isEmpty { pieces.append(.text(String(scalars: text))) }
    }

    /// The token that stands here; nil for white space.
    private mutating func readToken() throws(TemplateMistake) -> TemplateToken? {
        let (start, first) = (place, source[offset])
        if first.isPythonSpace {
            skip(1)
            return nil
        }
        if first == "'" || first == "\"" {
            return TemplateToken(kind: .text(try readText(until: first)), place: start)
        }
        if first == "_" || first.properties.isAlphabetic {
            var name: [Unicode.Scalar] = []
            while offset < source.count, source[offset].isPythonWord { name.append(advance()) }
            return TemplateToken(kind: .name(String(scalars: name)), place: start)
        }
        if ("0"..."9").contains(first) {
            var digits: [Unicode.Scalar] = []
            while offset < source.count, source[offset].isPythonWord { digits.append(advance()) }
            guard let value = Int(String(scalars: digits)) else {
                throw .unknown("the number '\(String(scalars: digits))'", at: start)
            }
            if at("."), offset + 1 < source.count, ("0"..."9").contains(source[offset + 1]) {
                throw .unknown("a number with a point", at: start)
            }
            return TemplateToken(kind: .integer(value), place: start)
        }
        for sign in ["==", "!=", ">=", "<=", "//", "**"] where at(sign) {
            skip(2)
            return TemplateToken(kind: .sign(sign), place: start)
        }
        guard "+-/*%~[](){}><=.:|,;".unicodeScalars.contains(first) else {
            throw TemplateMistake("'\(first)' has no meaning here", at: start)
        }
        skip(1)
        return TemplateToken(kind: .sign(String(first)), place: start)
    }

    /// Reads a text in quotes, with Python's escapes.
    private mutating func readText(until quote: Unicode.Scalar) throws(TemplateMistake) -> String {
        let start = place
        skip(1)
        var text: [Unicode.Scalar] = []
        while offset < source.count, source[offset] != quote {
            let scalar = advance()
            guard scalar == "\\", offset < source.count else {
                text.append(scalar)
                continue
            }
            let escaped = advance()
            if let plain = Self.escapes[escaped] {
                text.append(plain)
            } else if let count = Self.hexadecimals[escaped] {
                let digits = String(scalars: source[offset..<min(offset + count, source.count)])
                guard digits.utf8.count == count, let value = UInt32(digits, radix: 16),
                    let scalar = Unicode.Scalar(value)
                else { throw TemplateMistake("'\\\(escaped)\(digits)' is no character", at: start) }
                text.append(scalar)
                skip(count)
            } else if ("0"..."7").contains(escaped) || escaped == "N" {
                throw .unknown("the escape '\\\(escaped)'", at: start)
            } else if escaped != "\n" {
                text += ["\\", escaped]
            }
        }
        guard offset < source.count else { throw TemplateMistake("the text that begins here does not end", at: start) }
        skip(1)
        return String(scalars: text)
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", "\"": "\"", "a": "\u{7}", "b": "\u{8}", "f": "\u{C}",
        "v": "\u{B}",
    ]
    private static let hexadecimals: [Unicode.Scalar: Int] = ["x": 2, "u": 4, "U": 8]

    private func at(_ text: String) -> Bool { source[offset...].starts(with: text.unicodeScalars) }

    private mutating func skip(_ count: Int) {
        for _ in 0..<count where offset < source.count { _ = advance() }
    }

    private mutating func advance() -> Unicode.Scalar {
        let scalar = source[offset]
        offset += 1
        if scalar == "\n" { place = TemplatePlace(line: place.line + 1) } else { place.column += 1 }
        return scalar
    }
}

extension [Unicode.Scalar] {
    fileprivate var droppingLastLineEnd: Self { last == "\n" ? dropLast() : self }
}

extension String {
    /// The text of these scalars.
    init(scalars: some Sequence<Unicode.Scalar>) {
        var view = UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}
