/// Sequences side by side without padding: one row for each real token.
public struct Batch: Sendable {
    /// Vocabulary indices: `[tokens]`.
    public let inputIDs: [Int32]
    /// Segments: `[tokens]`.
    public let tokenTypeIDs: [Int32]
    /// The first row of each sequence, and the number of rows: `[batch + 1]`.
    public let offsets: [Int]
    /// What is to be learned from each sequence: `[batch]`.
    public let labels: [Label?]

    /// The batch of these features, in their order.
    public init(_ features: some Sequence<Feature>) {
        var (ids, types, offsets, labels): ([Int32], [Int32], [Int], [Label?]) = ([], [], [0], [])
        for feature in features {
            ids += feature.inputIDs
            types += feature.tokenTypeIDs
            offsets.append(ids.count)
            labels.append(feature.label)
        }
        inputIDs = ids
        tokenTypeIDs = types
        self.offsets = offsets
        self.labels = labels
    }

    /// The number of rows.
    public var tokenCount: Int { inputIDs.count }
    /// The number of sequences.
    public var count: Int { offsets.count - 1 }

    /// The place of each token in its sequence, from `first`: `[tokens]`.
    public func positions(from first: Int) -> [Int32] {
        (0..<count).flatMap { sequence in
            (0..<offsets[sequence + 1] - offsets[sequence]).map { Int32(first + $0) }
        }
    }
}

/// The tokens whose last hidden states a head reads; the last layer works for no others.
public enum Reading: Hashable, Sendable {
    /// Every token.
    case everyToken
    /// The first token of each sequence, `[CLS]` in BERT.
    case firstToken

    /// The rows that are read, and where each sequence starts among them; nil for all rows.
    public func rows(of batch: Batch) -> (rows: [Int32], offsets: [Int])? {
        switch self {
        case .everyToken: nil
        case .firstToken: (batch.offsets.dropLast().map { Int32($0) }, Array(0...batch.count))
        }
    }

    /// How many of a sequence's tokens are read.
    public func count(ofLength length: Int) -> Int {
        switch self {
        case .everyToken: length
        case .firstToken: 1
        }
    }
}
