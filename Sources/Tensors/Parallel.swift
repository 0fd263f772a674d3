import Dispatch
import Foundation
import Synchronization

/// Work split over cores inside one operator.
///
/// What a block is depends only on the sizes of the work, never on the number of threads, so results do not either.
public enum Parallel {
    /// How many threads an operator may use; the cores of the machine unless a caller says otherwise.
    @TaskLocal public static var threadCount: Int = ProcessInfo.processInfo.activeProcessorCount

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
        guard threads > 1 else {
            let kept = make()
            for index in 0..<count { body(index, kept) }
            return
        }
        let next = Atomic<Int>(0)
        @Sendable func takeAll() {
            let kept = make()
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                body(index, kept)
            }
        }
        if Workers.shared.help(threads - 1, takeAll) { return }
        DispatchQueue.concurrentPerform(iterations: threads) { _ in takeAll() }
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
