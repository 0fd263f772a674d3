/// The real tokens whose last hidden states a head reads; the last layer works for no others.
public enum Reading: Hashable, Sendable {
    /// Every token.
    case everyToken
    /// The first token of each sequence, `[CLS]` in BERT.
    case firstToken
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
        case .firstToken, .lastToken: 1
        }
    }
}
