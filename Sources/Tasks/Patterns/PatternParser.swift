/// Reads an expression in the notation of Oniguruma, as far as tokenizers use it.
///
/// Scalars, `.`, classes with classes in them, `\s \d \w \p{…} \x{…}` and their opposites, groups, `(?i:…)`, choices,
/// repetitions of every kind, lookahead, `^` and `$` at lines, `\A` and `\z`.
struct PatternParser {
    /// Groups stand in each other up to this depth.
    private static let depthLimit = 50

    private let scalars: [Unicode.Scalar]
    private var place = 0
    private var isFolded = false
    private var depth = 0

    /// The whole of `text`.
    static func parse(_ text: String) throws(PatternError) -> PatternNode {
        var parser = PatternParser(scalars: Array(text.unicodeScalars))
        let node = try parser.choice()
        if parser.place < parser.scalars.count { throw PatternError("')' stands alone") }
        return node
    }

    private init(scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard scalars[place...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    private mutating func choice() throws(PatternError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit { throw PatternError("its groups stand too deep in each other") }
        var parts = [try sequence()]
        while take("|") { parts.append(try sequence()) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws(PatternError) -> PatternNode {
        var parts: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            parts.append(try repeated(try single()))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func single() throws(PatternError) -> PatternNode {
        guard let scalar = next else { return .sequence([]) }
        place += 1
        switch scalar {
        case "(": return try group()
        case "[":
            var reader = ScalarClassParser(scalars: scalars, place: place, isFolded: isFolded)
            let found = try reader.whole()
            place = reader.place
            return .scalars(found)
        case ".": return .scalars(ScalarClass([.range(0x0A...0x0A)], isNegated: true))
        case "^": return .lineStart
        case "$": return .lineEnd
        case "*", "+", "?": throw PatternError("'\(scalar)' has nothing to repeat")
        case "\\":
            if take("A") { return .textStart }
            if take("z") { return .textEnd }
            var reader = ScalarClassParser(scalars: scalars, place: place, isFolded: isFolded)
            let item = try reader.escaped()
            place = reader.place
            return .scalars(ScalarClass([item], isFolded: isFolded))
        default: return .scalars(ScalarClass([.range(scalar.value...scalar.value)], isFolded: isFolded))
        }
    }

    private mutating func group() throws(PatternError) -> PatternNode {
        let wasFolded = isFolded
        defer { isFolded = wasFolded }
        var lookahead: Bool?
        if take("?=") {
            lookahead = false
        } else if take("?!") {
            lookahead = true
        } else if take("?i:") {
            isFolded = true
        } else if !take("?:"), next == "?" {
            throw PatternError(
                "groups with '(?\(place + 1 < scalars.count ? String(scalars[place + 1]) : "")' are not known")
        }
        let inner = try choice()
        guard take(")") else { throw PatternError("a group is never closed") }
        return lookahead.map { .lookahead(inner, isNegated: $0) } ?? inner
    }

    private mutating func repeated(_ node: PatternNode) throws(PatternError) -> PatternNode {
        let limits: (lower: Int, upper: Int?)
        if take("*") {
            limits = (0, nil)
        } else if take("+") {
            limits = (1, nil)
        } else if take("?") {
            limits = (0, 1)
        } else if let found = try counts() {
            limits = found
        } else {
            return node
        }
        var kind = PatternNode.Repetition.greedy
        if take("?") { kind = .lazy } else if take("+") { kind = .possessive }
        if let next, "*+?".unicodeScalars.contains(next) {
            throw PatternError("a repetition of a repetition is not known")
        }
        switch node {
        case .scalars: break
        default:
            // These could take forever on a text made for it.
            if limits.upper == nil && !(node.isFixed && !node.isUnlimited) {
                throw PatternError("repetitions without limit of choices or of other repetitions are not done")
            }
            if limits.upper == nil && node.shortest == 0 {
                throw PatternError("what is repeated without limit must not be empty")
            }
        }
        return .repetition(node, lower: limits.lower, upper: limits.upper, kind: kind)
    }

    /// `{2}`, `{2,}`, `{,3}` or `{2,3}`; a brace with something else in it stands for itself.
    private mutating func counts() throws(PatternError) -> (lower: Int, upper: Int?)? {
        guard next == "{", let end = scalars[place...].firstIndex(of: "}") else { return nil }
        let parts = scalars[place + 1..<end].split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.map { part in Int(String(String.UnicodeScalarView(part))) }
        guard (1...2).contains(parts.count), zip(parts, numbers).allSatisfy({ $0.isEmpty || $1 != nil }),
            numbers.contains(where: { $0 != nil })
        else { return nil }
        place = end + 1
        let lower = numbers[0] ?? 0
        let upper = parts.count == 1 ? lower : numbers[1]
        guard lower >= 0, lower <= 1000, upper.map({ $0 <= 1000 && $0 >= lower }) ?? true else {
            throw PatternError("it repeats something more than 1000 times, or less than no time")
        }
        return (lower, upper)
    }
}
