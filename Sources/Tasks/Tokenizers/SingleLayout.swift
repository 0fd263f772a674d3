/// The special tokens around one text.
public struct SingleLayout: Hashable, Sendable {
    /// Before the text.
    public var start: [Int32]
    /// After the text.
    public var end: [Int32]

    /// A layout of `start`, text, `end`.
    public init(start: [Int32] = [], end: [Int32] = []) {
        self.start = start
        self.end = end
    }

    /// How many special tokens a text has.
    public var specialCount: Int { start.count + end.count }
}

/// How one text and a pair of texts are laid out.
struct TextLayouts: Hashable, Sendable {
    var single: SingleLayout
    var pair: PairLayout

    /// Nothing around texts, and one segment.
    static let bare = TextLayouts(
        single: SingleLayout(), pair: PairLayout(start: [], separator: [], end: [], secondType: 0))

    /// The rows that an embedding table must have for the special tokens.
    var vocabularyCount: Int {
        max(pair.vocabularyCount, (single.start + single.end).map { Int($0) + 1 }.max() ?? 0)
    }
}

extension TextLayouts {
    /// BERT's: a separator behind each text, two segments.
    init(start: Int32, single separator: Int32) {
        self.init(
            single: SingleLayout(start: [start], end: [separator]),
            pair: PairLayout(start: [start], separator: [separator], end: [separator], secondType: 1))
    }
}
