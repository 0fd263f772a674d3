/// Pieces by their first scalars, so that all that begin at a place are found in one walk.
struct PieceTrie: Sendable {
    /// A step from a node to the next one; node 0, which no step leads to, in a free place.
    private struct Slot {
        var node: UInt32 = 0
        var value: UInt32 = 0
        var next: UInt32 = 0
    }

    /// Open addressing. A power of two in size, at most half full.
    private var slots = [Slot](repeating: Slot(), count: 1024)
    /// The piece that ends at each node, or -1: `[nodes]`.
    private(set) var pieces: [Int32] = [-1]

    /// Adds `piece`; of equal ones the last counts.
    mutating func insert(_ piece: some Sequence<UInt32>, _ index: Int32) {
        var node = 0
        for value in piece {
            if let known = next(node, value) {
                node = known
                continue
            }
            if pieces.count * 2 > slots.count { grow() }
            let added = UInt32(truncatingIfNeeded: pieces.count)
            put(Slot(node: UInt32(truncatingIfNeeded: node), value: value, next: added))
            pieces.append(-1)
            node = Int(added)
        }
        pieces[node] = index
    }

    /// The node that `value` leads to from `node`.
    func next(_ node: Int, _ value: UInt32) -> Int? {
        let node = UInt32(truncatingIfNeeded: node)
        var place = Self.place(node, value, slots.count)
        while slots[place].next != 0 {
            if slots[place].node == node, slots[place].value == value { return Int(slots[place].next) }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func put(_ slot: Slot) {
        var place = Self.place(slot.node, slot.value, slots.count)
        while slots[place].next != 0 { place = (place + 1) & (slots.count - 1) }
        slots[place] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        for slot in old where slot.next != 0 { put(slot) }
    }

    private static func place(_ node: UInt32, _ value: UInt32, _ count: Int) -> Int {
        let mixed = (UInt64(node) << 32 | UInt64(value)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 32) & (count - 1)
    }
}
