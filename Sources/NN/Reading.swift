/// The tokens whose last hidden states a head reads, real ones but for `firstPosition`; the last layer works for no others.
public enum Reading: Hashable, Sendable {
    /// Every token.
    case everyToken
    /// The first token of each sequence, `[CLS]` in BERT.
    case firstToken
    /// What stands first in each sequence: a virtual token where a prompt stands in front.
    case firstPosition
    /// The last token of each sequence, the only one that has seen all others in a decoder.
    case lastToken
    /// Every token that a decoder reads beside an encoder.
    case everyDecoderToken

    /// The rows that are read, and where each sequence starts among them; nil for all rows.
    public func rows(of batch: Batch) -> ReadRows? {
        if self == .everyToken { return batch.realRows }
        if self == .everyDecoderToken {
            return ReadRows(rows: batch.decoderInputIDs.indices.map { Int32($0) }, offsets: batch.decoderOffsets)
        }
        let rows = zip(batch.offsets, batch.offsets.dropFirst()).map { start, end in
            if self == .firstPosition { return Int32(start) }
            let real = batch.inputIDs[start..<end]
            let row = self == .firstToken ? real.firstIndex { $0 >= 0 } : real.lastIndex { $0 >= 0 }
            return Int32(row ?? start)
        }
        return ReadRows(rows: rows, offsets: Array(0...batch.count))
    }

    /// How many of a sequence's tokens are read, the sequence being what a decoder reads where that is what is read.
    public func count(ofLength length: Int) -> Int {
        switch self {
        case .everyToken, .everyDecoderToken: length
        case .firstToken, .firstPosition, .lastToken: 1
        }
    }
}

/// What of a sequence a classifier on an encoder reads.
public enum ClassifierPosition: String, CaseIterable, Sendable {
    /// The first real token, `[CLS]`, wherever a prompt stands.
    case firstToken = "first_token"
    /// The first position: with a prompt in front a virtual token, which is what PEFT's models read.
    case firstPosition = "first_position"
}
