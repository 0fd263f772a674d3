import Synchronization
import Testing

@testable import Tensors

@Suite("Work split over threads")
struct ParallelTests {
    /// How often each index below `count` is called.
    private func calls(_ count: Int, threads: Int, _ nested: @escaping @Sendable () -> Void = {}) -> [Int] {
        let seen = Mutex([Int](repeating: 0, count: count))
        Parallel.$threadCount.withValue(threads) {
            Parallel.forEach(count) { index in
                nested()
                seen.withLock { $0[index] += 1 }
            }
        }
        return seen.withLock(\.self)
    }

    @Test("every block is computed once before the call returns", arguments: [1, 2, 3, 16])
    func once(threads: Int) {
        for count in [0, 1, 2, 7, 100] {
            for _ in 0..<50 { #expect(calls(count, threads: threads) == Array(repeating: 1, count: count)) }
        }
    }

    @Test("callers at the same time and blocks that split their own work do not wait for one another")
    func together() async {
        let whole = await withTaskGroup(of: Bool.self) { group in
            for threads in 2..<10 {
                group.addTask {
                    (0..<100).allSatisfy { _ in
                        self.calls(20, threads: threads) {
                            Parallel.$threadCount.withValue(3) { Parallel.forEach(5) { _ in } }
                        } == Array(repeating: 1, count: 20)
                    }
                }
            }
            return await group.allSatisfy { $0 }
        }
        #expect(whole)
    }

    @Test("another thread helps, also after it has slept")
    func sleepers() async throws {
        let workers = Workers()
        for _ in 0..<5 {
            let inside = Atomic<Int>(0)
            let helped = workers.help(1) { _ in
                inside.wrappingAdd(1, ordering: .relaxed)
                let start = ContinuousClock.now
                while inside.load(ordering: .relaxed) < 2, start.duration(to: .now) < .seconds(20) {}
            }
            #expect(helped && inside.load(ordering: .relaxed) == 2)
            try await Task.sleep(for: .milliseconds(3))
        }
    }

    @Test("who asks while others are being helped is told so")
    func taken() {
        let workers = Workers()
        let inner = Mutex<[Bool]>([])
        #expect(workers.help(2) { _ in inner.withLock { $0.append(workers.help(2) { _ in }) } })
        #expect(inner.withLock { !$0.isEmpty && $0.allSatisfy { !$0 } })
    }
}
