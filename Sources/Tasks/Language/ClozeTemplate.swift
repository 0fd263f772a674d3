/// The template of a cloze: words, virtual tokens and a mask around one or two texts.
struct ClozeTemplate: Hashable, Sendable {
    /// A part of a template.
    enum Part: Hashable, Sendable {
        /// Words.
        case words(String)
        /// The example's text.
        case text
        /// The example's second text.
        case pair
        /// A trained token.
        case virtual
        /// The word that is missing.
        case mask
    }

    /// The parts in their order.
    private(set) var parts: [Part] = []

    /// What stands for the missing word.
    static let mask = "[MASK]"

    /// Takes a template apart.
    ///
    /// - Throws: `DataError` without a place, when a text or the mask is missing, or stands there twice.
    init(_ template: String, virtualToken: String) throws(DataError) {
        guard !virtualToken.isEmpty, virtualToken != Self.mask else {
            throw DataError("'\(virtualToken)' cannot stand for a virtual token; set task.virtual_token")
        }
        for part in try Template(template).parts {
            switch part {
            case .field("text"): parts.append(.text)
            case .field("text_pair"): parts.append(.pair)
            case .field(let name):
                throw DataError("there is no '{\(name)}' in '\(template)'; it is {text} or {text_pair}")
            case .text(let text): append(text, virtualToken: virtualToken)
            }
        }
        for (part, name) in [(Part.text, "{text}"), (.pair, "{text_pair}"), (.mask, Self.mask)] {
            let count = parts.count { $0 == part }
            if count > 1 { throw DataError("'\(name)' stands \(count) times in '\(template)'; keep one of them") }
            if count == 0, part == .mask { throw DataError("there is no [MASK] in '\(template)' for the missing word") }
        }
    }

    /// How many virtual tokens there are.
    var virtualTokens: Int { parts.count { $0 == .virtual } }

    private mutating func append(_ text: String, virtualToken: String) {
        var rest = text[...]
        while !rest.isEmpty {
            let found = [(virtualToken, Part.virtual), (Self.mask, Part.mask)].compactMap { mark, part in
                rest.firstRange(of: mark).map { (range: $0, part: part) }
            }
            guard let next = found.min(by: { $0.range.lowerBound < $1.range.lowerBound }) else { break }
            appendWords(rest[..<next.range.lowerBound])
            parts.append(next.part)
            rest = rest[next.range.upperBound...]
        }
        appendWords(rest)
    }

    private mutating func appendWords(_ text: Substring) {
        if !text.unicodeScalars.allSatisfy(\.isPythonSpace) { parts.append(.words(String(text))) }
    }
}
