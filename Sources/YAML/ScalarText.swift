/// How scalars are written, so that YAML 1.2, YAML 1.1 and JSON readers all read the same value.
enum ScalarText {
    /// The shortest text that reads as `value`: `0.005`, `1.0e-05`, `.inf`.
    ///
    /// YAML 1.1 readers want the point before an exponent.
    static func of(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? ".nan" : value < 0 ? "-.inf" : ".inf" }
        let text = value.description
        guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
        return text[..<exponent] + ".0" + text[exponent...]
    }

    /// The text in double quotes, with the escapes of JSON, which YAML shares.
    static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes += "\\\"".utf8
            case "\\": bytes += "\\\\".utf8
            case "\n": bytes += "\\n".utf8
            case "\r": bytes += "\\r".utf8
            case "\t": bytes += "\\t".utf8
            case _ where isPrintable(scalar): bytes += UTF8.encode(scalar).map { Array($0) } ?? []
            default:
                let digits = String(scalar.value, radix: 16)
                bytes += ("\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits).utf8
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the text, without quotes, reads as itself; every number, truth value and null does.
    static func mayStandPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, first != UInt8(ascii: " "), last != UInt8(ascii: " ")
        else { return false }
        let isWordLike = bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: " _./+-~".utf8.contains(byte)
            }
        }
        let isDash = first == UInt8(ascii: "-") && !(bytes.dropFirst().first.map(isDigitOrPoint) ?? false)
        return isWordLike && !isDash && !text.hasPrefix("...")
    }

    /// Whether the text may stand without quotes and no reader, be it of YAML 1.1, takes it for anything else.
    static func isAlwaysText(_ text: String) -> Bool {
        guard mayStandPlain(text), let first = text.utf8.first else { return false }
        let isName = (first | 0x20) >= UInt8(ascii: "a") && (first | 0x20) <= UInt8(ascii: "z")
        let isPath = ["/", "./", "../"].contains { text.hasPrefix($0) }
        let words: Set = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        return (isName || isPath) && !words.contains(text.lowercased())
    }

    private static func isDigitOrPoint(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: ".")
    }

    /// Whether YAML lets the scalar stand unescaped in double quotes, where it is not a line break of YAML 1.1.
    /// All that are not lie below U+10000, so that four hexadecimal digits write them.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
