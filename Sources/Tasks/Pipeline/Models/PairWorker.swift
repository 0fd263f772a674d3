/// Makes the tokens of pieces by pairs.
struct PairWorker: SubwordWorker {
    private let model: PairModel
    private var merger: BytePairMerger
    /// The tokens that a piece begins as, and the scalars that each stands for: `[symbols]`.
    private var symbols: [Int32] = []
    private var spans: [Range<Int>] = []

    /// A worker for `model`.
    init(_ model: PairModel) {
        self.model = model
        merger = BytePairMerger(model.merges)
    }

    mutating func append(_ piece: [UInt32], to tokens: inout [SubwordToken]) {
        if model.ignoresMerges, let id = model.vocabulary.id(of: piece) {
            tokens.append(SubwordToken(id, piece.indices))
            return
        }
        spell(piece)
        if model.merges.count == 0 {
            for (id, span) in zip(symbols, spans) { tokens.append(SubwordToken(id, span)) }
            return
        }
        let spans = spans
        var first = 0
        merger.tokens(of: symbols) { id, end in
            tokens.append(SubwordToken(id, spans[first].lowerBound..<spans[end - 1].upperBound))
            first = end
        }
    }

    /// Puts the tokens that `piece` begins as in the place of those of the piece before.
    private mutating func spell(_ piece: [UInt32]) {
        symbols.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
        var isUnknown = false
        for place in piece.indices {
            let id = model.symbol(piece[place], isFirst: place == 0, isLast: place == piece.count - 1)
            if let id {
                symbols.append(id)
                spans.append(place..<place + 1)
                isUnknown = false
            } else if appendBytes(piece[place], at: place) {
                isUnknown = false
            } else if let unknown = model.unknown {
                if isUnknown && model.fusesUnknown {
                    spans[spans.count - 1] = spans[spans.count - 1].lowerBound..<place + 1
                } else {
                    symbols.append(unknown)
                    spans.append(place..<place + 1)
                }
                isUnknown = true
            }
        }
    }

    /// Appends the tokens of a scalar's bytes, if there is one for each of them.
    private mutating func appendBytes(_ value: UInt32, at place: Int) -> Bool {
        guard !model.bytes.isEmpty, let encoded = Unicode.Scalar(value).flatMap(UTF8.encode) else { return false }
        var ids: [Int32] = []
        for byte in encoded {
            guard let id = model.bytes[Int(byte)] else { return false }
            ids.append(id)
        }
        for id in ids {
            symbols.append(id)
            spans.append(place..<place + 1)
        }
        return true
    }
}
