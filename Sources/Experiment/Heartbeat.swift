import Foundation
import Sweeps
import Synchronization

/// Keeps a claim alive while the work goes on, from a thread of its own.
final class Heartbeat: Sendable {
    private let claim: Claim
    private let interval: Double
    private let isOver = Atomic<Bool>(false)
    private let lost = Atomic<Bool>(false)
    private let lastBeat = Mutex(ContinuousClock().now)

    /// Beats every `interval` seconds until it is stopped.
    init(_ claim: Claim, every interval: Double = 5) {
        self.claim = claim
        self.interval = interval
        let thread = Thread { [self] in
            while !isOver.load(ordering: .relaxed) {
                Thread.sleep(forTimeInterval: 0.2)
                if age >= interval { beat() }
            }
        }
        thread.start()
    }

    /// Whether somebody else has taken the trial over: this process must have been halted for longer than its lease.
    var isLost: Bool {
        // After a halt, the work may wake before the thread does.
        if age > 4 * interval { beat() }
        return lost.load(ordering: .relaxed)
    }

    /// No more beats.
    func stop() { isOver.store(true, ordering: .relaxed) }

    private var age: Double { lastBeat.withLock { (ContinuousClock().now - $0) / .seconds(1) } }

    private func beat() {
        lastBeat.withLock { $0 = ContinuousClock().now }
        // A beat that cannot be written is made up for by the next one.
        if let isHeld = try? claim.beat(), !isHeld { lost.store(true, ordering: .relaxed) }
    }
}
