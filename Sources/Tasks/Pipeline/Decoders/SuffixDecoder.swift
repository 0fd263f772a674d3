/// What words end with becomes a space, at the end of all nothing.
struct SuffixDecoder: PieceDecoder {
    let suffix: String

    func decode(_ pieces: [String]) -> [String] {
        let pattern = suffix.unicodeScalars.map(\.value)
        guard !pattern.isEmpty else { return pieces }
        let inside = TextReplacement(pattern: .text(pattern), content: [0x20])
        let last = TextReplacement(pattern: .text(pattern), content: [])
        return inside.decode(pieces.dropLast()) + last.decode(pieces.suffix(1))
    }
}
