/// Sequences side by side without padding: one row for each token, virtual tokens included.
public struct Batch: Sendable {
    /// Vocabulary indices, negative for virtual tokens (`VirtualToken`): `[tokens]`.
    public let inputIDs: [Int32]
    /// Segments: `[tokens]`.
    public let tokenTypeIDs: [Int32]
    /// The first row of each sequence, and the number of rows: `[sequences + 1]`.
    public let offsets: [Int]
    /// The first sequence of each feature, and the number of sequences: `[features + 1]`.
    public let featureOffsets: [Int]
    /// What a decoder reads beside the sequences, for all features one after the other: `[decoderTokens]`.
    public let decoderInputIDs: [Int32]
    /// The first of each feature's among these, and their number: `[features + 1]`.
    public let decoderOffsets: [Int]
    /// What is to be learned from each feature: `[features]`.
    public let labels: [Label?]
    /// Whether some rows are virtual tokens.
    public let hasVirtualTokens: Bool
    /// The tokens of each sequence that went before, virtual ones included: `[sequences]`; nil where the sequences are whole.
    public private(set) var pastCounts: [Int]?
    /// What the frozen part of the model made of the tokens, where that was computed beforehand.
    public var frozen: FrozenStates?

    /// The batch of these features, in their order.
    public init(_ features: some Sequence<Feature>) {
        var (ids, types, labels): ([Int32], [Int32], [Label?]) = ([], [], [])
        var (offsets, featureOffsets) = ([0], [0])
        var (decoderIDs, decoderOffsets): ([Int32], [Int]) = ([], [0])
        for feature in features {
            offsets += feature.breaks.map { ids.count + $0 }
            ids += feature.inputIDs
            types += feature.tokenTypeIDs
            offsets.append(ids.count)
            featureOffsets.append(offsets.count - 1)
            decoderIDs += feature.decoderInputIDs
            decoderOffsets.append(decoderIDs.count)
            labels.append(feature.label)
        }
        inputIDs = ids
        tokenTypeIDs = types
        self.offsets = offsets
        self.featureOffsets = featureOffsets
        decoderInputIDs = decoderIDs
        self.decoderOffsets = decoderOffsets
        self.labels = labels
        hasVirtualTokens = ids.contains { $0 < 0 }
    }

    private init(inputIDs: [Int32], tokenTypeIDs: [Int32], offsets: [Int], of batch: Batch) {
        self.inputIDs = inputIDs
        self.tokenTypeIDs = tokenTypeIDs
        self.offsets = offsets
        featureOffsets = batch.featureOffsets
        decoderInputIDs = batch.decoderInputIDs
        decoderOffsets = batch.decoderOffsets
        labels = batch.labels
        hasVirtualTokens = true
    }

    /// The number of tokens, virtual ones and those of a decoder included.
    public var tokenCount: Int { inputIDs.count + decoderInputIDs.count }
    /// The number of sequences.
    public var count: Int { offsets.count - 1 }

    /// The next tokens of sequences of which some went before.
    ///
    /// - Parameters:
    ///   - tokens: one for each sequence.
    ///   - pastCounts: how many went before, virtual ones included: `[sequences]`
    ///   - isDecoder: whether a decoder beside an encoder reads them, which then has read its source.
    public init(next tokens: [Int32], after pastCounts: [Int], isDecoder: Bool = false) {
        precondition(tokens.count == pastCounts.count, "Batch: \(tokens.count) tokens after \(pastCounts.count)")
        self.init(
            tokens.map { token in
                isDecoder
                    ? Feature(inputIDs: [], tokenTypeIDs: [], decoderInputIDs: [token])
                    : Feature(inputIDs: [token], tokenTypeIDs: [0])
            })
        self.pastCounts = pastCounts
    }

    /// The place of each token in its sequence, from `first`: `[tokens]`.
    public func positions(from first: Int) -> [Int32] {
        (0..<count).flatMap { sequence in
            let start = first + (pastCounts?[sequence] ?? 0)
            return (0..<offsets[sequence + 1] - offsets[sequence]).map { Int32(start + $0) }
        }
    }

    /// How many of its sequence's rows each row that is read sees in a decoder, itself included: `[rows]`.
    public func causalLimits(_ read: ReadRows?) -> [Int32] {
        let all = positions(from: 1)
        return read.map { $0.rows.map { all[Int($0)] } } ?? all
    }

    /// The batch with `length` virtual tokens, of segment 0, in every sequence; itself where a template has placed virtual tokens
    /// already.
    public func withPrompt(_ length: Int, _ place: PromptPlace = .front) -> Batch {
        if length == 0 || hasVirtualTokens { return self }
        let prompt = (0..<length).map(VirtualToken.id)
        let types = [Int32](repeating: 0, count: length)
        var (ids, allTypes, newOffsets): ([Int32], [Int32], [Int]) = ([], [], [0])
        for (start, end) in zip(offsets, offsets.dropFirst()) {
            let first = place == .front ? start : start + 1
            ids += inputIDs[start..<first] + prompt + inputIDs[first..<end]
            allTypes += tokenTypeIDs[start..<first] + types + tokenTypeIDs[first..<end]
            newOffsets.append(ids.count)
        }
        return Batch(inputIDs: ids, tokenTypeIDs: allTypes, offsets: newOffsets, of: self)
    }

    /// The rows of real tokens, and where each sequence starts among them; nil when all rows are real tokens.
    public var realRows: ReadRows? {
        guard hasVirtualTokens else { return nil }
        var (rows, starts): ([Int32], [Int]) = ([], [0])
        for (start, end) in zip(offsets, offsets.dropFirst()) {
            for row in start..<end where inputIDs[row] >= 0 { rows.append(Int32(row)) }
            starts.append(rows.count)
        }
        return ReadRows(rows: rows, offsets: starts)
    }
}

/// Where virtual tokens stand in a sequence.
public enum PromptPlace: Hashable, Sendable {
    /// In front of it.
    case front
    /// Behind its first token, so that `[CLS]` keeps its position.
    case afterFirst
}

/// Some of a batch's rows, and where each sequence starts among them.
public struct ReadRows: Hashable, Sendable {
    /// Rows of the batch, in order.
    public var rows: [Int32]
    /// The first of each sequence's, and their number: `[sequences + 1]`.
    public var offsets: [Int]

    /// These rows.
    public init(rows: [Int32], offsets: [Int]) {
        self.rows = rows
        self.offsets = offsets
    }
}
