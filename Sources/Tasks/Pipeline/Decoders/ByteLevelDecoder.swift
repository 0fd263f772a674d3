/// Bytes that are spelled as visible scalars become bytes again; what is no UTF-8 becomes U+FFFD.
struct ByteLevelDecoder: PieceDecoder {
    func decode(_ pieces: [String]) -> [String] {
        [String(decoding: pieces.flatMap { ByteAlphabet.bytes(of: $0) }, as: UTF8.self)]
    }
}
