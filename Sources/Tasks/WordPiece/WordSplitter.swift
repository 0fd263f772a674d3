/// Splits normalised text into words, and words into the longest pieces of a vocabulary.
struct WordSplitter: Sendable {
    let vocabulary: Vocabulary
    /// The index that a word gets which cannot be split.
    let unknown: Int32
    /// What pieces inside a word begin with.
    let continuation: [UInt32]
    /// Words of more scalars than this are unknown.
    let longestWord: Int

    /// Appends the tokens of `text[range]`.
    func split(_ text: [NormalizedScalar], _ range: Range<Int>, _ encoding: inout Encoding) {
        var start = range.lowerBound
        for place in range where text[place].role != .letter {
            if start < place { appendPieces(of: start..<place, text, &encoding) }
            if text[place].role == .punctuation { appendPieces(of: place..<place + 1, text, &encoding) }
            start = place + 1
        }
        if start < range.upperBound { appendPieces(of: start..<range.upperBound, text, &encoding) }
    }

    /// Appends the pieces of one word: at each place the longest one, or the unknown one for all of it.
    private func appendPieces(of word: Range<Int>, _ text: [NormalizedScalar], _ encoding: inout Encoding) {
        let count = encoding.ids.count
        var start = word.lowerBound
        while start < word.upperBound {
            guard word.count <= longestWord,
                let (id, end) = longestPiece(text, start..<word.upperBound, isFirst: start == word.lowerBound)
            else {
                encoding.removeAll(after: count)
                encoding.append(unknown, Self.source(of: word, in: text))
                return
            }
            encoding.append(id, Self.source(of: start..<end, in: text))
            start = end
        }
    }

    /// The longest piece at the start of `range`, and where it ends.
    private func longestPiece(
        _ text: [NormalizedScalar], _ range: Range<Int>, isFirst: Bool
    ) -> (id: Int32, end: Int)? {
        let prefix = isFirst ? [] : continuation
        let longest = range.lowerBound..<range.lowerBound + min(range.count, vocabulary.longestPiece)
        guard !longest.isEmpty else { return nil }
        let start = prefix.reduce(Vocabulary.seed) { Vocabulary.extend($0, by: $1) }
        var hash = start
        for place in longest { hash = Vocabulary.extend(hash, by: text[place].value) }
        // Most words are pieces themselves; only the others are worth the hash of every prefix.
        if let id = vocabulary.id(of: text, longest, after: prefix, hash: hash) { return (id, longest.upperBound) }
        hash = start
        let hashes = longest.map { place in
            hash = Vocabulary.extend(hash, by: text[place].value)
            return hash
        }
        for end in longest.dropFirst().reversed() {
            let piece = longest.lowerBound..<end
            if let id = vocabulary.id(of: text, piece, after: prefix, hash: hashes[piece.count - 1]) {
                return (id, end)
            }
        }
        return nil
    }

    /// The part of the original text that `text[range]`, which is not empty, was made from.
    static func source(of range: Range<Int>, in text: [NormalizedScalar]) -> Range<Int> {
        Int(text[range.lowerBound].source)..<Int(text[range.upperBound - 1].source) + 1
    }
}
