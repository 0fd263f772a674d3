/// One tokenized input of a model, without padding, and what is to be learned from it.
///
/// It is one sequence, or for a multiple choice several, which are read one by one and judged together.
public struct Feature: Hashable, Sendable {
    /// Vocabulary indices, special tokens included, of all sequences one after the other; negative where a virtual token
    /// stands (`VirtualToken`): `[tokens]`.
    public var inputIDs: [Int32]
    /// The segment of each token (0, or 1 for the second text): `[tokens]`.
    public var tokenTypeIDs: [Int32]
    /// Where the second sequence and those after it begin; empty for a single sequence.
    public var breaks: [Int]
    /// What the decoder of an encoder-decoder reads beside them, its start token first; empty for all other models:
    /// `[decoderTokens]`.
    public var decoderInputIDs: [Int32]
    /// The answer, where there is one.
    public var label: Label?

    /// A tokenized input; the first two lists are `[tokens]`.
    public init(
        inputIDs: [Int32], tokenTypeIDs: [Int32], breaks: [Int] = [], decoderInputIDs: [Int32] = [],
        label: Label? = nil
    ) {
        precondition(
            inputIDs.count == tokenTypeIDs.count, "Feature: \(inputIDs.count) ids, \(tokenTypeIDs.count) types")
        precondition(
            zip([0] + breaks, breaks + [inputIDs.count]).allSatisfy { $0 < $1 } || breaks.isEmpty,
            "Feature: sequences that begin at \(breaks)")
        precondition(breaks.isEmpty || decoderInputIDs.isEmpty, "Feature: several sequences for one decoder")
        self.inputIDs = inputIDs
        self.tokenTypeIDs = tokenTypeIDs
        self.breaks = breaks
        self.decoderInputIDs = decoderInputIDs
        self.label = label
    }

    /// The number of its tokens, those of a decoder included.
    public var tokenCount: Int { inputIDs.count + decoderInputIDs.count }

    /// The number of tokens of each of its sequences.
    public var sequenceLengths: [Int] {
        zip([0] + breaks, breaks + [inputIDs.count]).map { $1 - $0 }
    }
}

/// Trained tokens that have no vocabulary index: in a list of indices, virtual token `k` is `-(k + 1)`.
public enum VirtualToken {
    /// What stands for virtual token number `index`, from 0.
    public static func id(_ index: Int) -> Int32 { -Int32(index) - 1 }

    /// The number of the virtual token that `id` stands for; nil for a word of the vocabulary.
    public static func index(_ id: Int32) -> Int? { id < 0 ? -(Int(id) + 1) : nil }
}
