/// Typed views by the YAML 1.2 core schema, of which JSON is a part.
///
/// Only a plain scalar has a type; a quoted one is text. A view is `nil` where the scalar is not of its type.
extension Node {
    /// Whether this is `null`, `~` or nothing at all.
    public var isNull: Bool { scalar?.isNull ?? false }

    /// The truth value of a plain `true` or `false`; `no`, `on` and the like are text.
    public var boolean: Bool? { scalar?.boolean }

    /// A whole number that fits: `8`, `-1`, `0o17`, `0x1f`. `8.0` and `1e3` are not whole numbers.
    public var integer: Int? { scalar?.integer }

    /// A number: `5e-3`, `.5`, `-.inf`, `.nan`, or a whole number.
    public var number: Double? { scalar?.number }

    /// The text of any scalar, quoted or not, as it was written.
    public var string: String? { scalar?.text }
}

extension Node.Scalar {
    var isNull: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(text) }

    var boolean: Bool? {
        guard isPlain else { return nil }
        switch text {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: return nil
        }
    }

    var integer: Int? {
        guard isPlain else { return nil }
        let bytes = text.utf8
        if bytes.starts(with: "0x".utf8) { return magnitude(radix: 16) }
        if bytes.starts(with: "0o".utf8) { return magnitude(radix: 8) }
        return Int(text)
    }

    /// The digits after `0x` or `0o`, without a sign.
    private func magnitude(radix: Int) -> Int? {
        let digits = text.dropFirst(2)
        return digits.utf8.first.map { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } == false
            ? Int(digits, radix: radix) : nil
    }

    var number: Double? {
        guard isPlain else { return nil }
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .infinity
        case "-.inf", "-.Inf", "-.INF": return -.infinity
        case ".nan", ".NaN", ".NAN": return .nan
        default: return isDecimal ? Double(text) : integer.map(Double.init)
        }
    }

    /// Whether the text is `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`.
    private var isDecimal: Bool {
        var rest = text.utf8[...]
        func skip(_ matches: (UInt8) -> Bool) -> Int {
            let count = rest.prefix(while: matches).count
            rest = rest.dropFirst(count)
            return count
        }
        func skipOne(_ characters: String) {
            if let first = rest.first, characters.utf8.contains(first) { rest = rest.dropFirst() }
        }
        let isDigit: (UInt8) -> Bool = { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }

        skipOne("+-")
        let whole = skip(isDigit)
        let hasPoint = rest.first == UInt8(ascii: ".")
        skipOne(".")
        let fraction = hasPoint ? skip(isDigit) : 0
        guard whole + fraction > 0 else { return false }
        guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return rest.isEmpty }
        skipOne("eE")
        skipOne("+-")
        return skip(isDigit) > 0 && rest.isEmpty
    }
}
