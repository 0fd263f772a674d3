import Foundation
import Synchronization

/// Does something when an attempt's time has long been over and the work has not ended by itself: a step that hangs asks nobody.
final class Watchdog: Sendable {
    /// Whether it has been called off.
    private let isOff = Mutex(false)

    /// Waits on a thread of its own, by a clock that does not jump.
    init(after seconds: Double, _ bite: @escaping @Sendable () -> Void) {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        let thread = Thread { [self] in
            while clock.now < end {
                Thread.sleep(forTimeInterval: 0.1)
                if isOff.withLock({ $0 }) { return }
            }
            isOff.withLock { isOff in
                if !isOff { bite() }
                isOff = true
            }
        }
        thread.start()
    }

    /// Calls it off; where it has bitten already, waits until it is through.
    func callOff() { isOff.withLock { $0 = true } }
}
