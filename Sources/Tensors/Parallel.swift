import Dispatch
import Files
import Synchronization

/// Work split over cores inside one operator.
///
/// What a block is depends only on the sizes of the work, never on the number of threads, so results do not either.
public enum Parallel {
    /// How many threads an operator may use; those that the process may use unless a caller says otherwise.
    @TaskLocal public static var threadCount: Int = Processors.count

    /// Calls `body` once for every index below `count`, in any order, on up to `threadCount` threads; never while nothing is computed
    /// (`Rehearsal`).
    static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        forEach(count, with: {}) { index, _ in body(index) }
    }

    /// The same for work that needs something which a thread keeps from one index to the next.
    static func forEach<Kept>(
        _ count: Int, with make: @Sendable () -> Kept, _ body: @Sendable (Int, Kept) -> Void
    ) {
        if Rehearsal.isRunning { return }
        let threads = min(threadCount, count)
        guard threads > 1, count < 1 << 32 else {
            let kept = make()
            for index in 0..<count { body(index, kept) }
            return
        }
        // Each thread begins with the same share of every operator: of the rows that it had in the one before, much still lies in its cache.
        unsafe withUnsafeTemporaryAllocation(of: Share.self, capacity: threads) { shares in
            for index in 0..<threads {
                let share = Share(index * count / threads..<(index + 1) * count / threads)
                unsafe shares.initializeElement(at: index, to: share)
            }
            nonisolated(unsafe) let shares = unsafe shares
            @Sendable func takeAll(_ thread: Int) {
                let kept = make()
                while let index = unsafe shares[thread % threads].takeFirst() { body(index, kept) }
                for other in 1..<threads {
                    while let index = unsafe shares[(thread + other) % threads].takeLast() { body(index, kept) }
                }
            }
            if !Workers.shared.help(threads - 1, takeAll) {
                DispatchQueue.concurrentPerform(iterations: threads, execute: takeAll)
            }
            unsafe shares.deinitialize()
        }
    }

    /// Indices that are still to be done: their owner takes the first, and who has none left the last.
    private struct Share: ~Copyable {
        private let bounds: Atomic<UInt64>

        init(_ indices: Range<Int>) { bounds = Atomic(Self.bits(indices.lowerBound, indices.upperBound)) }

        func takeFirst() -> Int? { take { ($0, ($0 + 1, $1)) } }
        func takeLast() -> Int? { take { ($1 - 1, ($0, $1 - 1)) } }

        /// - Parameter choose: of what is left, what to take and what is left then.
        private func take(_ choose: (Int, Int) -> (taken: Int, left: (Int, Int))) -> Int? {
            var seen = bounds.load(ordering: .relaxed)
            while true {
                let (start, end) = (Int(seen & 0xFFFF_FFFF), Int(seen >> 32))
                guard start < end else { return nil }
                let (taken, left) = choose(start, end)
                let (isTaken, now) = bounds.weakCompareExchange(
                    expected: seen, desired: Self.bits(left.0, left.1), ordering: .relaxed)
                if isTaken { return taken }
                seen = now
            }
        }

        private static func bits(_ start: Int, _ end: Int) -> UInt64 { UInt64(end) << 32 | UInt64(start) }
    }

    /// Calls `body` for consecutive ranges that cover `0..<rows`, each of about `target` rows.
    static func rows(_ rows: Int, target: Int, _ body: @Sendable (Range<Int>) -> Void) {
        guard rows > 0 else { return }
        let blocks = blockCount(rows, target: target)
        forEach(blocks) { block in
            body(block * rows / blocks..<(block + 1) * rows / blocks)
        }
    }

    /// The blocks that `rows` are cut into: about `target` rows each, and an even number so that two cores share well.
    static func blockCount(_ rows: Int, target: Int) -> Int {
        guard rows > target else { return 1 }
        return min(rows, 2 * ((rows + 2 * target - 1) / (2 * target)))
    }
}
