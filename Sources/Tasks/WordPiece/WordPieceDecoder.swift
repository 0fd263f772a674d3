/// Joins pieces to a text: a space before each but the first, none before those inside a word.
struct WordPieceDecoder: Hashable, Sendable {
    /// What pieces inside a word begin with.
    var prefix = "##"
    /// Whether the space before punctuation marks and English contractions is dropped.
    var cleansUp = true

    /// What is written for what in each piece with the space before it, one after the other.
    private static let replacements = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ].map { (old: Array($0.unicodeScalars), new: Array($1.unicodeScalars)) }

    /// The text that `pieces` make.
    func join(_ pieces: [String]) -> String {
        var text = String.UnicodeScalarView()
        let prefix = Array(prefix.unicodeScalars)
        for (place, piece) in pieces.enumerated() {
            var scalars = Array(piece.unicodeScalars)
            if place > 0 {
                if scalars.starts(with: prefix) {
                    scalars.removeFirst(prefix.count)
                } else {
                    scalars.insert(" ", at: 0)
                }
            }
            text.append(contentsOf: cleansUp ? Self.cleaned(scalars) : scalars)
        }
        return String(text)
    }

    private static func cleaned(_ piece: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var piece = piece
        for (old, new) in replacements where piece.contains(" ") {
            var place = 0
            while place + old.count <= piece.count {
                let range = place..<place + old.count
                if piece[range].elementsEqual(old) {
                    piece.replaceSubrange(range, with: new)
                    place += new.count
                } else {
                    place += 1
                }
            }
        }
        return piece
    }
}
