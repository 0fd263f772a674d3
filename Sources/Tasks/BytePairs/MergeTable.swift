/// The pairs of tokens that become one, the earlier the sooner.
struct MergeTable: Sendable {
    /// What a pair becomes.
    struct Merge: Sendable {
        /// Its place among the pairs.
        var rank: Int32
        /// The index of the token that it becomes.
        var id: Int32
    }

    /// A pair and what it becomes; a negative rank in a free place.
    private struct Slot {
        var key: UInt64 = 0
        var merge = Merge(rank: -1, id: 0)
    }

    /// Open addressing. A power of two in size, at most half full.
    private var slots: [Slot]
    /// How many pairs there are.
    private(set) var count = 0

    /// A table with room for `capacity` pairs.
    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [Slot](repeating: Slot(), count: size)
    }

    /// Lets the tokens `left` and `right` become `id`, as the next of all pairs; what they became before is forgotten.
    mutating func append(_ left: Int32, _ right: Int32, becoming id: Int32) {
        let key = Self.key(left, right)
        var place = Self.place(of: key, slots.count)
        while slots[place].merge.rank >= 0, slots[place].key != key { place = (place + 1) & (slots.count - 1) }
        slots[place] = Slot(key: key, merge: Merge(rank: Int32(truncatingIfNeeded: count), id: id))
        count += 1
    }

    /// What the tokens `left` and `right` become, if they do.
    func merge(_ left: Int32, _ right: Int32) -> Merge? {
        let key = Self.key(left, right)
        var place = Self.place(of: key, slots.count)
        while slots[place].merge.rank >= 0 {
            if slots[place].key == key { return slots[place].merge }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    private static func place(of key: UInt64, _ count: Int) -> Int {
        let mixed = key &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 32) & (count - 1)
    }
}
