/// Makes the tokens of one piece of text: at first one per symbol, then the earliest pair of all becomes one, the
/// leftmost where it stands twice, until no pair does.
struct BytePairMerger: Sendable {
    private let table: MergeTable
    /// The token that begins at each symbol, or was there before it went into the one to its left: `[symbols]`.
    private var ids: [Int32] = []
    /// Where the token that begins at each symbol ends: `[symbols]`.
    private var ends: [Int] = []
    /// Where the token before the one that begins at each symbol begins: `[symbols]`.
    private var previous: [Int] = []
    /// What each token and the next one become; `nil` where they do not, and inside of tokens: `[symbols]`.
    private var merges: [MergeTable.Merge?] = []
    /// The pairs that may still become one, as a heap: rank in the upper half, place in the lower.
    private var heap: [UInt64] = []

    /// A merger by `table`.
    init(_ table: MergeTable) {
        self.table = table
    }

    /// Calls `body` with the index and the end of each token of `symbols`.
    mutating func tokens(of symbols: [Int32], _ body: (_ id: Int32, _ end: Int) -> Void) {
        ids = symbols
        heap.removeAll(keepingCapacity: true)
        ends = Array(1..<ids.count + 1)
        previous = Array(-1..<ids.count - 1)
        merges = [MergeTable.Merge?](repeating: nil, count: ids.count)
        for place in ids.indices { offer(place) }
        while let (rank, place) = pop() {
            // A pair that changed since it was offered is there once more with another rank, or not at all.
            guard let merge = merges[place], merge.rank == rank else { continue }
            let next = ends[place]
            ids[place] = merge.id
            ends[place] = ends[next]
            merges[next] = nil
            if ends[place] < ids.count { previous[ends[place]] = place }
            offer(place)
            if previous[place] >= 0 { offer(previous[place]) }
        }
        var place = 0
        while place < ids.count {
            body(ids[place], ends[place])
            place = ends[place]
        }
    }

    /// Puts the pair that begins at `place` on the heap, if it becomes one.
    private mutating func offer(_ place: Int) {
        let next = ends[place]
        let merge = next < ids.count ? table.merge(ids[place], ids[next]) : nil
        merges[place] = merge
        guard let merge else { return }
        heap.append(UInt64(UInt32(bitPattern: merge.rank)) << 32 | UInt64(UInt32(truncatingIfNeeded: place)))
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Takes the earliest pair from the heap.
    private mutating func pop() -> (rank: Int32, place: Int)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            var parent = 0
            while 2 * parent + 1 < heap.count {
                var child = 2 * parent + 1
                if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
                guard heap[child] < heap[parent] else { break }
                heap.swapAt(child, parent)
                parent = child
            }
        }
        return (Int32(truncatingIfNeeded: first >> 32), Int(UInt32(truncatingIfNeeded: first)))
    }
}
