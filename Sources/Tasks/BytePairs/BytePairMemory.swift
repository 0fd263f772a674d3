/// Makes tokens of pieces, remembering those of short pieces: most of a text is made of few words.
struct BytePairMemory: Sendable {
    /// A token and where it ends in its piece, in bytes.
    struct Token: Sendable {
        var id: Int32
        var end: Int32
    }

    /// Pieces that are longer, or come after so many others, are not remembered.
    private static let longestPiece = 64
    private static let pieceLimit = 1 << 16

    private let model: BytePairModel
    private var merger: BytePairMerger
    /// The bytes of all pieces, one after the other, and where each begins: `[pieces + 1]`.
    private var bytes: [UInt8] = []
    private var starts = [0]
    /// The tokens of all pieces, one after the other, and where each piece's begin: `[pieces + 1]`.
    private var tokens: [Token] = []
    private var tokenStarts = [0]
    /// Open addressing: a piece, or -1 for a free place. A power of two in size, at most half full.
    private var slots = [Int32](repeating: -1, count: 256)

    /// A memory of nothing yet.
    init(_ model: BytePairModel) {
        self.model = model
        merger = BytePairMerger(model.merges)
    }

    /// Puts the tokens of `piece` in the place of what `result` held.
    mutating func replace(_ result: inout [Token], by piece: [UInt8]) {
        result.removeAll(keepingCapacity: true)
        guard piece.count <= Self.longestPiece else { return merge(piece, &result) }
        var slot = Self.hash(piece[...]) & (slots.count - 1)
        while slots[slot] >= 0 {
            let known = Int(slots[slot])
            if bytes[starts[known]..<starts[known + 1]] == piece[...] {
                result.append(contentsOf: tokens[tokenStarts[known]..<tokenStarts[known + 1]])
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        merge(piece, &result)
        guard starts.count <= Self.pieceLimit else { return }
        slots[slot] = Int32(truncatingIfNeeded: starts.count - 1)
        bytes += piece
        starts.append(bytes.count)
        tokens += result
        tokenStarts.append(tokens.count)
        if starts.count * 2 > slots.count { grow() }
    }

    private mutating func merge(_ piece: [UInt8], _ result: inout [Token]) {
        merger.tokens(of: piece.map { model.bytes[Int($0)] }) { id, end in
            result.append(Token(id: id, end: Int32(truncatingIfNeeded: end)))
        }
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for piece in 0..<starts.count - 1 {
            var slot = Self.hash(bytes[starts[piece]..<starts[piece + 1]]) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(truncatingIfNeeded: piece)
        }
    }

    /// FNV-1a, folded.
    private static func hash(_ piece: ArraySlice<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in piece { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: (hash ^ (hash >> 32)) & 0x7FFF_FFFF)
    }
}
