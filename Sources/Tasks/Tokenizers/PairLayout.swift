/// The special tokens around and between two texts.
public struct PairLayout: Hashable, Sendable {
    /// Before the first text.
    public var start: [Int32]
    /// Between the texts; counted with the first one.
    public var separator: [Int32]
    /// Before the second text; counted with it.
    public var opening: [Int32]
    /// After the second text; counted with it.
    public var end: [Int32]
    /// The segment of the second text; the first one's is 0.
    public var secondType: Int32

    /// A layout of `start`, first text, `separator`, `opening`, second text, `end`.
    public init(
        start: [Int32], separator: [Int32], opening: [Int32] = [], end: [Int32], secondType: Int32
    ) {
        self.start = start
        self.separator = separator
        self.opening = opening
        self.end = end
        self.secondType = secondType
    }

    /// How many special tokens a pair has.
    public var specialCount: Int { start.count + separator.count + opening.count + end.count }

    /// The rows that an embedding table must have for the special tokens.
    var vocabularyCount: Int { (start + separator + opening + end).map { Int($0) + 1 }.max() ?? 0 }
}
