extension SentencePieceFile {
    /// Refuses what would change the tokens and is not done here.
    func refuse() throws(DataError) {
        switch algorithm {
        case .unigram, .bytePairs: break
        case .word, .character:
            throw DataError(
                "SentencePiece models that cut texts into \(algorithm == .word ? "words" : "characters") are not read,"
                    + " only unigram and byte pairs; give a tokenizer.json", at: location)
        }
        if hasSpaceBehind {
            throw DataError(
                "SentencePiece models with 'treat_whitespace_as_suffix' are not read; choose another checkpoint",
                at: location)
        }
        if !escapesWhitespace {
            throw DataError(
                "SentencePiece models without 'escape_whitespaces' are not read; choose another checkpoint",
                at: location)
        }
    }

    /// The model that the pieces make.
    func model(fallsBackToBytes: Bool) throws(DataError) -> any SubwordModel {
        switch algorithm {
        case .unigram:
            return Unigram(
                pieces.map { ($0.text, $0.score) }, unknown: Int32(truncatingIfNeeded: unknown),
                fallsBackToBytes: fallsBackToBytes && self.fallsBackToBytes)
        default:
            var options = PairModel.Options()
            options.unknown = pieces[unknown].text
            options.fallsBackToBytes = fallsBackToBytes && self.fallsBackToBytes
            options.fusesUnknown = true
            let entries = pieces.enumerated().map { (text: $1.text, id: Int32(truncatingIfNeeded: $0)) }
            return try PairModel(entries, pairs(), options)
        }
    }

    /// Every pair of pieces that together are one, the highest score first.
    private func pairs() -> [BytePairModel.Pair] {
        struct Candidate {
            var left: String
            var right: String
            var score: Double
            var lengths: (Int, Int)
            var ids: (Int32, Int32)
            var piece: Int
        }
        let vocabulary = Vocabulary(pieces.enumerated().map { ($1.text, Int32(truncatingIfNeeded: $0)) })
        var candidates: [Candidate] = []
        for (index, piece) in pieces.enumerated() {
            let scalars = Array(piece.text.unicodeScalars)
            let values = scalars.map(\.value)
            // A piece that is there twice counts once, as the last one.
            guard vocabulary.id(of: values) == Int32(truncatingIfNeeded: index) else { continue }
            for cut in values.indices.dropFirst() {
                guard let left = vocabulary.id(of: values[..<cut]), let right = vocabulary.id(of: values[cut...])
                else { continue }
                candidates.append(
                    Candidate(
                        left: String(String.UnicodeScalarView(scalars[..<cut])),
                        right: String(String.UnicodeScalarView(scalars[cut...])), score: piece.score,
                        lengths: (cut, values.count - cut), ids: (left, right), piece: index))
            }
        }
        // Of one score, longer parts go first; of one piece, earlier ones.
        candidates.sort {
            if $0.score != $1.score { return $0.score > $1.score }
            if $0.lengths != $1.lengths { return $0.lengths > $1.lengths }
            return ($0.piece, $0.ids.0, $0.ids.1) < ($1.piece, $1.ids.0, $1.ids.1)
        }
        return candidates.map { BytePairModel.Pair(left: $0.left, right: $0.right, location: location) }
    }

    /// The table of characters.
    func normalizer() throws(DataError) -> CharacterMap {
        do throws(CharacterMapError) {
            return try CharacterMap(characterMap)
        } catch {
            throw DataError(
                "the SentencePiece model's table of characters cannot be read: \(error.message); take the file once more",
                at: location)
        }
    }
}

extension Pattern {
    /// Two spaces or more.
    static let spaces: Pattern = (try? Pattern(" {2,}")) ?? .empty
}
