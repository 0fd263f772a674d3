/// A clock that only goes forward; two of them have nothing in common.
public protocol MonotonicClock: Sendable {
    /// Seconds since some moment.
    var seconds: Double { get }
}

/// The clock of this process.
public struct ProcessClock: MonotonicClock {
    private let start = ContinuousClock().now

    /// The clock, beginning now.
    public init() {}

    /// Seconds since it began.
    public var seconds: Double { (ContinuousClock().now - start) / .seconds(1) }
}
