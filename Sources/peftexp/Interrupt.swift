import Foundation
import Synchronization

/// SIGINT and SIGTERM as a flag that the work asks for between steps, so that it can keep its state and end.
///
/// A second SIGINT, should the first not be fast enough, ends the process at once.
package enum Interrupt {
    /// The first signal that came, or 0; set from a signal handler, and so of the process.
    private static let received = Atomic<Int32>(0)
    /// When it came, in nanoseconds of the monotonic clock.
    private static let receivedAt = Atomic<Int>(0)
    /// Some programs (`timeout`) send the same signal to a process and then to its group: within this time it is one.
    private static let doubleTime = 200_000_000

    /// Takes over both signals for the rest of the process.
    package static func install() {
        // Touched before a handler may, so that it finds them made.
        received.store(0, ordering: .relaxed)
        receivedAt.store(0, ordering: .relaxed)
        var both = sigset_t()
        unsafe sigemptyset(&both)
        for number in [SIGINT, SIGTERM] {
            _ = signal(number) { Interrupt.take($0) }
            unsafe sigaddset(&both, number)
        }
        // Who was started from a thread that blocks signals has inherited that.
        unsafe sigprocmask(SIG_UNBLOCK, &both, nil)
    }

    /// How to end, once a signal has come; nil as long as none has.
    package static var outcome: Outcome? {
        switch received.load(ordering: .acquiring) {
        case SIGINT: .interrupted
        case SIGTERM: .terminated
        default: nil
        }
    }

    /// Runs in the signal handler: only atomics, the clock and `_exit`.
    private static func take(_ number: Int32) {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        let now = time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
        if received.compareExchange(expected: 0, desired: number, ordering: .acquiringAndReleasing).exchanged {
            receivedAt.store(now, ordering: .releasing)
        } else if number == SIGINT, now &- receivedAt.load(ordering: .acquiring) > doubleTime {
            _exit(Outcome.interrupted.rawValue)
        }
    }
}
