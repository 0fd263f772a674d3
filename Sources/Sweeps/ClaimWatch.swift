import Synchronization

/// What one process has seen of the claims of others, and for how long it has not changed.
public final class ClaimWatch: Sendable {
    private struct Sight {
        var text: String
        var since: Double
    }

    private let sights = Mutex<[String: Sight]>([:])
    private let holds = Mutex<[String: Double]>([:])
    let clock: any MonotonicClock

    /// A watch by the process's own clock unless another is given.
    public init(_ clock: any MonotonicClock = ProcessClock()) { self.clock = clock }

    /// Whether the text at `path` has been the same for `lease` seconds.
    func isSilent(_ path: String, _ text: String, for lease: Double) -> Bool {
        let now = clock.seconds
        return sights.withLock { sights in
            if let sight = sights[path], sight.text == text { return now - sight.since >= lease }
            sights[path] = Sight(text: text, since: now)
            return false
        }
    }

    /// Seconds since the claim at `path` was first seen.
    func age(of path: String) -> Double {
        let now = clock.seconds
        return holds.withLock { holds in
            let since = holds[path] ?? now
            holds[path] = since
            return now - since
        }
    }
}
