/// A sentence of words as pieces between special tokens.
struct WordPieces {
    /// The tokens.
    let sequence: SequenceLayout.Sequence
    /// The place of each word's first piece in the sequence; nil for words without a piece, and for those that were cut off.
    let firstPieces: [Int?]

    /// The sentence whose words have these pieces: `[words][pieces]`.
    init(_ words: [[Int32]], _ layout: SequenceLayout) {
        sequence = layout.sequence(Array(words.joined()))
        let end = sequence.ids.count - layout.single.end.count
        var place = layout.single.start.count
        firstPieces = words.map { pieces in
            defer { place += pieces.count }
            return pieces.isEmpty || place >= end ? nil : place
        }
    }
}
