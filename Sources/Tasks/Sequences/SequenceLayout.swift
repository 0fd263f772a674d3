import NN

/// Lays one text or a pair of texts out between special tokens, and cuts it to a length.
struct SequenceLayout: Sendable {
    /// The tokens around a single text.
    let single: SingleLayout
    /// The tokens around and between two texts.
    let pair: PairLayout
    /// The longest sequence, special tokens included.
    let maxLength: Int
    /// Whether the second text of a pair is marked as another segment.
    let marksSegments: Bool

    /// The layouts of `tokenizer`.
    init(_ tokenizer: any Tokenizer, maxLength: Int, marksSegments: Bool = false) {
        single = tokenizer.singleLayout
        pair = tokenizer.pairLayout
        self.maxLength = maxLength
        self.marksSegments = marksSegments
    }

    /// A text or a pair between its special tokens.
    struct Sequence: Hashable {
        /// Vocabulary indices: `[tokens]`.
        var ids: [Int32] = []
        /// Segments: `[tokens]`.
        var types: [Int32] = []
        /// Whether tokens of a text are missing.
        var isTruncated = false
    }

    /// A text, or a pair where there is a second one.
    func sequence(_ first: [Int32], _ second: [Int32]? = nil) -> Sequence {
        guard let second else {
            let count = min(first.count, max(0, maxLength - single.start.count - single.end.count))
            let ids = single.start + first.prefix(count) + single.end
            return Sequence(
                ids: ids, types: [Int32](repeating: 0, count: ids.count), isTruncated: count < first.count)
        }
        let count = Self.kept(of: first.count, second.count, room: maxLength - pair.specialCount)
        let head = pair.start + first.prefix(count.first) + pair.separator
        let tail = pair.opening + second.prefix(count.second) + pair.end
        let type = marksSegments ? pair.secondType : 0
        return Sequence(
            ids: head + tail,
            types: [Int32](repeating: 0, count: head.count) + [Int32](repeating: type, count: tail.count),
            isTruncated: count.first < first.count || count.second < second.count)
    }

    /// How many tokens of two texts of `first` and `second` tokens stay when both together may have `room`.
    ///
    /// The longer one is cut down to the shorter one, then both are cut alike; of an odd number the longer one, or the second
    /// of equal ones, keeps one more (transformers' `longest_first`).
    static func kept(of first: Int, _ second: Int, room: Int) -> (first: Int, second: Int) {
        let room = max(0, room)
        if first + second <= room { return (first, second) }
        let shorter = min(first, second)
        let (less, more) = 2 * shorter < room ? (shorter, room - shorter) : (room / 2, room - room / 2)
        return first > second ? (more, less) : (less, more)
    }
}
