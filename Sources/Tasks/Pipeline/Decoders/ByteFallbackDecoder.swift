/// Tokens that spell bytes become text, those that touch together; where they are no UTF-8, U+FFFD for each of them.
struct ByteFallbackDecoder: PieceDecoder {
    func decode(_ pieces: [String]) -> [String] {
        var decoded: [String] = []
        var bytes: [UInt8] = []
        func flush() {
            if bytes.isEmpty { return }
            if let text = String(validating: bytes, as: UTF8.self) {
                decoded.append(text)
            } else {
                decoded.append(String(repeating: "\u{FFFD}", count: bytes.count))
            }
            bytes.removeAll(keepingCapacity: true)
        }
        for piece in pieces {
            if let byte = Self.byte(piece) {
                bytes.append(byte)
            } else {
                flush()
                decoded.append(piece)
            }
        }
        flush()
        return decoded
    }

    /// The byte that `<0xE4>` spells.
    static func byte(_ piece: String) -> UInt8? {
        guard piece.utf8.count == 6, piece.hasPrefix("<0x"), piece.hasSuffix(">") else { return nil }
        let digits = piece.dropFirst(3).dropLast()
        return digits.allSatisfy(\.isHexDigit) ? UInt8(digits, radix: 16) : nil
    }
}
