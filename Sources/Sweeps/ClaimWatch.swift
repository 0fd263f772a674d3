import Synchronization

/// What one process has seen of the claims of others, and for how long it has not changed.
public final class ClaimWatch: Sendable {
    private struct Sight {
        var text: String
        var since: Double
    }

    private let sights = Mutex<[String: Sight]>([:])
    private let now: @Sendable () -> Double

    /// A watch by a clock that only goes forward, in seconds; the process's own unless given.
    public init(now: (@Sendable () -> Double)? = nil) {
        let (clock, start) = (ContinuousClock(), ContinuousClock().now)
        self.now = now ?? { (clock.now - start) / .seconds(1) }
    }

    /// Whether the text at `path` has been the same for `lease` seconds.
    func isSilent(_ path: String, _ text: String, for lease: Double) -> Bool {
        let now = now()
        return sights.withLock { sights in
            if let sight = sights[path], sight.text == text { return now - sight.since >= lease }
            sights[path] = Sight(text: text, since: now)
            return false
        }
    }
}
