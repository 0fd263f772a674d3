/// One tokenized input of a model, without padding, and what is to be learned from it.
public struct Feature: Hashable, Sendable {
    /// Vocabulary indices, special tokens included: `[sequence]`.
    public var inputIDs: [Int32]
    /// The segment of each token (0, or 1 for the second text): `[sequence]`.
    public var tokenTypeIDs: [Int32]
    /// The answer, where there is one.
    public var label: Label?

    /// A tokenized input; both lists are `[sequence]`.
    public init(inputIDs: [Int32], tokenTypeIDs: [Int32], label: Label? = nil) {
        precondition(
            inputIDs.count == tokenTypeIDs.count, "Feature: \(inputIDs.count) ids, \(tokenTypeIDs.count) types")
        self.inputIDs = inputIDs
        self.tokenTypeIDs = tokenTypeIDs
        self.label = label
    }
}

/// What a head learns to predict for one sequence; positions count the sequence's real tokens from 0.
public enum Label: Hashable, Sendable {
    /// The first and the last token of an answer; both 0, the `[CLS]` token, when there is none.
    case span(start: Int, end: Int)
}
