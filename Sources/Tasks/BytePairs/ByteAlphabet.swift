/// How byte-level vocabularies spell bytes: each as one visible scalar, so that a token is always a text.
///
/// Printable bytes of Latin-1 stand for themselves, the others for the scalars from U+0100 on, in order.
enum ByteAlphabet {
    /// The scalar of each byte: `[256]`.
    static let scalars: [Unicode.Scalar] = {
        var next: UInt8 = 0
        return (UInt8.min...UInt8.max).map { byte in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
            default:
                // 68 bytes come here, so the sum stays below the surrogates.
                defer { next += 1 }
                return Unicode.Scalar(0x100 + UInt16(next)) ?? "\u{FFFD}"
            }
        }
    }()

    /// The values of these scalars: `[256]`.
    static let values = scalars.map(\.value)

    /// The byte of each scalar; nil for those in between that spell none.
    private static let bytes: [UInt8?] = {
        var bytes = [UInt8?](repeating: nil, count: Int(values.max() ?? 0) + 1)
        for (byte, value) in values.enumerated() { bytes[Int(value)] = UInt8(truncatingIfNeeded: byte) }
        return bytes
    }()

    /// The bytes that `token` spells; its own UTF-8 where a scalar of it spells none.
    static func bytes(of token: String) -> [UInt8] { bytes(of: token.unicodeScalars.map(\.value)[...]) }

    /// The bytes that the scalars of a token spell.
    static func bytes(of token: ArraySlice<UInt32>) -> [UInt8] {
        var spelled: [UInt8] = []
        spelled.reserveCapacity(token.count)
        for scalar in token {
            guard scalar < bytes.count, let byte = bytes[Int(scalar)] else {
                var text = String.UnicodeScalarView()
                text.append(contentsOf: token.lazy.compactMap(Unicode.Scalar.init))
                return Array(String(text).utf8)
            }
            spelled.append(byte)
        }
        return spelled
    }
}
