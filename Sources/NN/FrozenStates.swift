import Tensors

/// How far up a pass is the same in every step, because nothing is trained and nothing attached there.
public enum FrozenDepth: Hashable, Sendable {
    /// To the layer of this number, from 1: what enters it is a row for each token.
    case layer(Int)
    /// To the end of the last layer, with the normalisation behind it: a row for each token that the head reads.
    case hidden
    /// To the summaries of sequences: a row for each.
    case summary
}

/// What the frozen part of a pass made of a batch's tokens, computed beforehand.
public struct FrozenStates: Sendable {
    /// How far it was computed.
    public let depth: FrozenDepth
    /// `[rows, hidden]`
    public let hidden: Tensor

    /// These rows.
    public init(_ depth: FrozenDepth, _ hidden: Tensor) {
        self.depth = depth
        self.hidden = hidden
    }
}
