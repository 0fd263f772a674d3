/// Joins pieces to a text: a space before each but the first, none before those inside a word.
struct WordPieceDecoder: Hashable, Sendable {
    /// What pieces inside a word begin with.
    var prefix = "##"
    /// Whether the space before punctuation marks and English contractions is dropped.
    var cleansUp = true

    /// Whether it is dropped in the text as a whole too, so that of `i ' m` is left `i'm`.
    var cleansText = false

    /// What is written for what, one after the other.
    private static let replacements = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ].map { (old: Array($0.unicodeScalars), new: Array($1.unicodeScalars)) }

    /// The text that `pieces` make.
    func join(_ pieces: [String]) -> String {
        var text: [Unicode.Scalar] = []
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
            text += cleansUp ? Self.cleaned(scalars, Self.replacements) : scalars
        }
        // The reference leaves `do not` alone here.
        if cleansText { text = Self.cleaned(text, Self.replacements.filter { $0.old.count < 7 }) }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: text)
        return String(view)
    }

    private static func cleaned(
        _ text: [Unicode.Scalar], _ replacements: [(old: [Unicode.Scalar], new: [Unicode.Scalar])]
    ) -> [Unicode.Scalar] {
        var text = text
        for (old, new) in replacements where text.contains(" ") {
            var cleaned: [Unicode.Scalar] = []
            var place = 0
            while place < text.count {
                let isOld = text[place] == " " && text[place...].starts(with: old)
                if isOld { cleaned += new } else { cleaned.append(text[place]) }
                place += isOld ? old.count : 1
            }
            text = cleaned
        }
        return text
    }
}
