/// Makes tokens of pieces, remembering those of short ones: most of a text is made of few words.
struct SubwordMemory: Sendable {
    /// Pieces that are longer, or come after so many others, are not remembered.
    private static let longestPiece = 64
    private static let pieceLimit = 1 << 16

    private var worker: any SubwordWorker
    /// The scalars of all pieces, one after the other, and where each begins: `[pieces + 1]`.
    private var scalars: [UInt32] = []
    private var starts = [0]
    /// The tokens of all pieces, one after the other, and where each piece's begin: `[pieces + 1]`.
    private var tokens: [SubwordToken] = []
    private var tokenStarts = [0]
    /// Open addressing: a piece, or -1 for a free place. A power of two in size, at most half full.
    private var slots = [Int32](repeating: -1, count: 256)
    /// The scalars of the piece that is asked for, and its tokens.
    private var piece: [UInt32] = []
    private var made: [SubwordToken] = []

    /// A memory of nothing yet.
    init(_ model: any SubwordModel) {
        worker = model.worker()
    }

    /// Calls `body` with each token of `text[range]`, which is not empty.
    mutating func forEachToken(of text: [AlignedScalar], _ range: Range<Int>, _ body: (SubwordToken) -> Void) {
        piece.removeAll(keepingCapacity: true)
        var hash = Vocabulary.seed
        for place in range {
            let value = text[place].value
            piece.append(value)
            hash = Vocabulary.extend(hash, by: value)
        }
        guard piece.count <= Self.longestPiece else {
            made.removeAll(keepingCapacity: true)
            worker.append(piece, to: &made)
            for token in made { body(token) }
            return
        }
        var slot = Self.slot(hash, slots.count)
        while slots[slot] >= 0 {
            let known = Int(slots[slot])
            if isKnown(known) {
                for index in tokenStarts[known]..<tokenStarts[known + 1] { body(tokens[index]) }
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        made.removeAll(keepingCapacity: true)
        worker.append(piece, to: &made)
        for token in made { body(token) }
        guard starts.count <= Self.pieceLimit else { return }
        slots[slot] = Int32(truncatingIfNeeded: starts.count - 1)
        scalars += piece
        starts.append(scalars.count)
        tokens += made
        tokenStarts.append(tokens.count)
        if starts.count * 2 > slots.count { grow() }
    }

    /// Whether the piece that is asked for is the one that was remembered as `known`.
    private func isKnown(_ known: Int) -> Bool {
        let start = starts[known]
        guard starts[known + 1] - start == piece.count else { return false }
        for place in piece.indices where scalars[start + place] != piece[place] { return false }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for known in 0..<starts.count - 1 {
            let hash = scalars[starts[known]..<starts[known + 1]].reduce(Vocabulary.seed, Vocabulary.extend)
            var slot = Self.slot(hash, slots.count)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(truncatingIfNeeded: known)
        }
    }

    private static func slot(_ hash: UInt64, _ count: Int) -> Int {
        Int(truncatingIfNeeded: (hash ^ (hash >> 32)) & UInt64(count - 1))
    }
}
