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

    private static let bytes = Dictionary(uniqueKeysWithValues: zip(scalars, UInt8.min...UInt8.max))

    /// The bytes that `token` spells; its own UTF-8 where a scalar of it spells none.
    static func bytes(of token: String) -> [UInt8] {
        var spelled: [UInt8] = []
        for scalar in token.unicodeScalars {
            guard let byte = bytes[scalar] else { return Array(token.utf8) }
            spelled.append(byte)
        }
        return spelled
    }
}
