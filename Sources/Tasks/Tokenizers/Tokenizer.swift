/// Turns text into vocabulary indices.
public protocol Tokenizer: Sendable {
    /// The rows that an embedding table must have: one more than the largest index.
    var vocabularyCount: Int { get }
    /// How one text is laid out for the model.
    var singleLayout: SingleLayout { get }
    /// How a pair of texts is laid out for the model.
    var pairLayout: PairLayout { get }
    /// The tokens with a meaning of their own.
    var special: SpecialIDs { get }

    /// The tokens of each text, without the special tokens that stand around and between texts.
    func encode(_ texts: [String]) -> [Encoding]
    /// The tokens of each word of a text that is split already; a word of nothing has none.
    func encodeWords(_ words: [String]) -> [[Int32]]
    /// The index of a token that is spelled exactly so in the vocabulary, or was added to it.
    func id(of token: String) -> Int32?
    /// The text that the tokens stand for, special ones spelled out or left out; an index that no token has gives nothing.
    func decode(_ ids: [Int32], skippingSpecial: Bool) -> String
    /// How many of the last tokens stand for text that more tokens may change, such as bytes of a scalar that is not complete.
    func openCount(_ ids: [Int32]) -> Int
}

extension Tokenizer {
    /// The token that stands where a masked language model has to guess, where there is one.
    public var maskID: Int32? { special.mask }
    /// The token that ends a text or document, where there is one.
    public var endID: Int32? { special.end }

    /// The text that the tokens stand for, special ones spelled out; an index that no token has gives nothing.
    public func decode(_ ids: [Int32]) -> String { decode(ids, skippingSpecial: false) }

    /// The tokens of `text`, without the special tokens that stand around it.
    public func encode(_ text: String) -> Encoding {
        encode([text]).first ?? Encoding()
    }
}

/// The tokens of one text.
public struct Encoding: Hashable, Sendable {
    /// Vocabulary indices: `[tokens]`.
    public var ids: [Int32]
    /// The part of the original text that each token stands for, in Unicode scalars: `[tokens]`.
    public var ranges: [Range<Int32>]

    /// Tokens and the parts of the text they stand for; both lists are `[tokens]`.
    public init(ids: [Int32] = [], ranges: [Range<Int32>] = []) {
        precondition(ids.count == ranges.count, "Encoding: \(ids.count) ids, \(ranges.count) ranges")
        self.ids = ids
        self.ranges = ranges
    }

    /// Adds a token that stands for `range` of the text.
    mutating func append(_ id: Int32, _ range: Range<Int>) {
        ids.append(id)
        ranges.append(Int32(truncatingIfNeeded: range.lowerBound)..<Int32(truncatingIfNeeded: range.upperBound))
    }

    /// Drops all tokens but the first `count`.
    mutating func removeAll(after count: Int) {
        ids.removeSubrange(count...)
        ranges.removeSubrange(count...)
    }
}
