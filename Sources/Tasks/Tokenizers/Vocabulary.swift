import YAML

/// The pieces of a tokenizer and their indices, made for finding the longest piece at a place.
///
/// Hashes are made scalar by scalar, so that the hash of every prefix of a word falls out of one pass.
struct Vocabulary: Sendable {
    /// One more than the largest index: the rows that an embedding table must have.
    let count: Int
    /// Scalars of the longest piece.
    let longestPiece: Int

    /// The scalars of all pieces, one after the other.
    private let scalars: [UInt32]
    /// Where each piece begins in `scalars`, and where the last one ends: `[pieces + 1]`.
    private let starts: [Int]
    /// The index of each piece: `[pieces]`.
    private let ids: [Int32]
    /// Open addressing: a piece, or -1 for a free place. A power of two in size, at most half full.
    private let slots: [Int32]
    /// The pieces by ascending index; empty where they already stand so.
    private let order: [Int]
    /// Whether the pieces stand at their indices.
    private let isDense: Bool

    /// A vocabulary of pieces and their indices; of equal pieces the last one counts.
    init(_ pieces: [(text: String, id: Int32)]) {
        var scalars: [UInt32] = []
        var starts = [0]
        var size = 16
        while size < pieces.count * 2 { size *= 2 }
        var ids: [Int32] = []
        var slots = [Int32](repeating: -1, count: size)
        scalars.reserveCapacity(pieces.count * 8)
        var longest = 0
        for piece in pieces {
            let start = scalars.count
            var hash = Self.seed
            for scalar in piece.text.unicodeScalars {
                scalars.append(scalar.value)
                hash = Self.extend(hash, by: scalar.value)
            }
            var slot = Self.slot(of: hash, in: size)
            while slots[slot] >= 0 {
                let other = Int(slots[slot])
                if scalars[starts[other]..<starts[other + 1]] == scalars[start...] { break }
                slot = (slot + 1) & (size - 1)
            }
            slots[slot] = Int32(truncatingIfNeeded: ids.count)
            ids.append(piece.id)
            starts.append(scalars.count)
            longest = max(longest, scalars.count - start)
        }
        self.count = Int(ids.max() ?? -1) + 1
        self.longestPiece = longest
        self.scalars = scalars
        self.starts = starts
        self.ids = ids
        self.slots = slots
        let isAscending = zip(ids, ids.dropFirst()).allSatisfy(<)
        order = isAscending ? [] : ids.indices.sorted { ids[$0] < ids[$1] }
        isDense = isAscending && ids.first == 0 && self.count == ids.count
    }

    /// The piece with index `id`.
    func piece(of id: Int32) -> String? {
        scalars(of: id).map { scalars in
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars.lazy.compactMap(Unicode.Scalar.init))
            return String(text)
        }
    }

    /// The scalars of the piece with index `id`.
    func scalars(of id: Int32) -> ArraySlice<UInt32>? {
        place(of: id).map { scalars[starts[$0]..<starts[$0 + 1]] }
    }

    /// The number of the piece with index `id`.
    private func place(of id: Int32) -> Int? {
        if isDense { return 0..<ids.count ~= Int(id) ? Int(id) : nil }
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[order.isEmpty ? middle : order[middle]] < id { low = middle + 1 } else { high = middle }
        }
        guard low < ids.count else { return nil }
        let piece = order.isEmpty ? low : order[low]
        return ids[piece] == id ? piece : nil
    }

    /// The index of `text`, when it is a piece.
    func id(of text: String) -> Int32? { id(of: text.unicodeScalars.map(\.value)) }

    /// The index of the piece with these scalars, when there is one.
    func id(of word: some Collection<UInt32>) -> Int32? {
        var slot = Self.slot(of: word.reduce(Self.seed) { Self.extend($0, by: $1) }, in: slots.count)
        while slots[slot] >= 0 {
            let piece = Int(slots[slot])
            if scalars[starts[piece]..<starts[piece + 1]].elementsEqual(word) { return ids[piece] }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The index of the piece made of `prefix` and `word[range]`, whose hash is `hash`.
    func id(of word: [NormalizedScalar], _ range: Range<Int>, after prefix: [UInt32], hash: UInt64) -> Int32? {
        var slot = Self.slot(of: hash, in: slots.count)
        while slots[slot] >= 0 {
            let piece = Int(slots[slot])
            if isPiece(piece, word, range, after: prefix) { return ids[piece] }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func isPiece(_ piece: Int, _ word: [NormalizedScalar], _ range: Range<Int>, after prefix: [UInt32]) -> Bool
    {
        var place = starts[piece]
        guard starts[piece + 1] - place == prefix.count + range.count else { return false }
        for scalar in prefix {
            guard scalars[place] == scalar else { return false }
            place += 1
        }
        for offset in range {
            guard scalars[place] == word[offset].value else { return false }
            place += 1
        }
        return true
    }
}

extension Vocabulary {
    /// The hash of an empty piece (FNV-1a).
    static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The hash of a piece that is longer by `scalar` (FNV-1a).
    static func extend(_ hash: UInt64, by scalar: UInt32) -> UInt64 {
        (hash ^ UInt64(scalar)) &* 0x100_0000_01B3
    }

    private static func slot(of hash: UInt64, in size: Int) -> Int {
        Int(truncatingIfNeeded: (hash ^ (hash >> 32)) & UInt64(size - 1))
    }
}

extension Node {
    /// The tokens of a vocabulary and their indices.
    func pieces() throws(DataError) -> [(text: String, id: Int32)] {
        guard case .mapping(let pairs) = content else {
            throw mistake(expected: "'vocab' of the tokenizer's model must be an object")
        }
        var pieces: [(text: String, id: Int32)] = []
        pieces.reserveCapacity(pairs.count)
        for pair in pairs { pieces.append((pair.key, try pair.value.tokenID("the index of '\(pair.key)'"))) }
        return pieces
    }
}
