/// Reads `[…]` and escaped scalars of an expression.
struct ScalarClassParser {
    private static let depthLimit = 20

    private let scalars: [Unicode.Scalar]
    private let isFolded: Bool
    private var depth = 0
    /// Where reading goes on.
    private(set) var place: Int

    /// A reader of what stands in `scalars` from `place` on.
    init(scalars: [Unicode.Scalar], place: Int, isFolded: Bool) {
        self.scalars = scalars
        self.place = place
        self.isFolded = isFolded
    }

    private var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    /// A class whose `[` was read.
    mutating func whole() throws(PatternError) -> ScalarClass {
        let (items, isNegated) = try items()
        return ScalarClass(items, isNegated: isNegated, isFolded: isFolded)
    }

    private mutating func items() throws(PatternError) -> (items: [ScalarClass.Item], isNegated: Bool) {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit { throw PatternError("its classes stand too deep in each other") }
        let isNegated = next == "^"
        if isNegated { place += 1 }
        var items: [ScalarClass.Item] = []
        var isFirst = true
        while let scalar = next {
            if scalar == "]" && !isFirst {
                place += 1
                return (items, isNegated)
            }
            isFirst = false
            if scalar == "[" {
                if scalars[place...].starts(with: "[:".unicodeScalars) { throw PatternError("'[:' is not known") }
                place += 1
                let (inner, isInnerNegated) = try self.items()
                items.append(.nested(inner, isNegated: isInnerNegated))
            } else if scalars[place...].starts(with: "&&".unicodeScalars) {
                throw PatternError("the intersection '&&' is not known")
            } else {
                items.append(try item())
            }
        }
        throw PatternError("'[' is never closed")
    }

    /// One scalar, a range of them, or an escaped class.
    private mutating func item() throws(PatternError) -> ScalarClass.Item {
        let first = try scalarOrClass()
        guard case .range(let low) = first, low.count == 1, next == "-", place + 1 < scalars.count,
            scalars[place + 1] != "]"
        else { return first }
        place += 1
        guard case .range(let high) = try scalarOrClass(), high.lowerBound >= low.lowerBound else {
            throw PatternError("a range of scalars ends before it begins, or in a class")
        }
        return .range(low.lowerBound...high.upperBound)
    }

    private mutating func scalarOrClass() throws(PatternError) -> ScalarClass.Item {
        guard let scalar = next else { throw PatternError("'[' is never closed") }
        place += 1
        return scalar == "\\" ? try escaped() : .range(scalar.value...scalar.value)
    }

    /// What stands behind a `\` that was read.
    mutating func escaped() throws(PatternError) -> ScalarClass.Item {
        guard let scalar = next else { throw PatternError("it ends in '\\'") }
        place += 1
        switch scalar {
        case "s", "S": return .set(BytePairScalars.space, isNegated: scalar == "S")
        case "d", "D": return .property(.categories([.decimalNumber]), isNegated: scalar == "D")
        case "w", "W": return .property(.word, isNegated: scalar == "W")
        case "n": return .range(0x0A...0x0A)
        case "r": return .range(0x0D...0x0D)
        case "t": return .range(0x09...0x09)
        case "v": return .range(0x0B...0x0B)
        case "f": return .range(0x0C...0x0C)
        case "p", "P":
            var name = try braced()
            let isInverse = name.hasPrefix("^")
            if isInverse { name.removeFirst() }
            guard let item = ScalarClass.Item(property: name, isNegated: (scalar == "P") != isInverse) else {
                let known = ScalarClass.Item.propertyNames.joined(separator: ", ")
                throw PatternError("the property '\(name)' is not known, only \(known)")
            }
            return item
        case "x", "u":
            let digits: String
            if next == "{" {
                digits = try braced()
            } else {
                let part = scalars[place...].prefix(scalar == "x" ? 2 : 4)
                digits = String(String.UnicodeScalarView(part))
                place += part.count
            }
            guard let value = UInt32(digits, radix: 16), Unicode.Scalar(value) != nil else {
                throw PatternError("'\(digits)' is no scalar")
            }
            return .range(value...value)
        default:
            if scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
                throw PatternError("'\\\(scalar)' is not known")
            }
            return .range(scalar.value...scalar.value)
        }
    }

    private mutating func braced() throws(PatternError) -> String {
        guard next == "{", let end = scalars[place...].firstIndex(of: "}") else {
            throw PatternError("'\\p' and '\\x' need braces")
        }
        defer { place = end + 1 }
        return String(String.UnicodeScalarView(scalars[place + 1..<end]))
    }
}
