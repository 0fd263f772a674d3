/// What a head learns to predict for one feature; positions count the sequence's real tokens from 0, virtual ones left out, or those
/// that a decoder reads where there is one beside an encoder.
public enum Label: Hashable, Sendable {
    /// The first and the last token of an answer; both 0, the `[CLS]` token, when there is none.
    case span(start: Int, end: Int)
    /// One class of several, or the right sequence of a multiple choice, by its index.
    case category(Int)
    /// For each class 1 where it applies and 0 where not: `[classes]`.
    case flags([Float])
    /// A number.
    case value(Float)
    /// Classes of some tokens: for a tagger a tag's index, for a language model the vocabulary index to be predicted there.
    case tokens([TokenLabel])
}

/// The class of one token.
public struct TokenLabel: Hashable, Sendable {
    /// The token's place among the sequence's real tokens, from 0.
    public var position: Int32
    /// The index of the class, or of the word, that is to be predicted at that place.
    public var target: Int32

    /// The class `target` at `position`.
    public init(position: Int32, target: Int32) {
        self.position = position
        self.target = target
    }
}

/// What the labels of a data set can be: how many logits a head has, and what they mean.
public struct LabelSpace: Hashable, Sendable {
    /// How a label and the logits belong together.
    public enum Kind: Hashable, Sendable {
        /// One of the named classes.
        case classes
        /// Any of the named classes.
        case flags
        /// A number.
        case value
    }

    /// How a label and the logits belong together.
    public var kind: Kind
    /// The names of the classes, by their indices; empty for numbers, and where a head needs no names.
    public var names: [String]

    /// Labels of a kind, with the classes' names.
    public init(_ kind: Kind = .classes, names: [String] = []) {
        self.kind = kind
        self.names = names
    }

    /// The number of logits: one for each class, or one number.
    public var outputs: Int { kind == .value ? 1 : names.count }
}
