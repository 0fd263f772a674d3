/// The time that training steps took and the tokens that went through them.
public struct Throughput: Hashable, Sendable {
    /// Steps that are slower than the rest, since pages, caches and threads are still cold.
    public static let coldSteps = 3

    /// Tokens and the seconds they took.
    struct Amount: Hashable, Sendable {
        var tokens = 0
        var seconds = 0.0

        /// Tokens per second; nil when no time has passed.
        var rate: Double? { seconds > 0 ? Double(tokens) / seconds : nil }
    }

    private var stepCount = 0
    /// All steps.
    private(set) var total = Amount()
    /// All steps but the cold ones.
    private(set) var steady = Amount()
    /// The steps since the rate was last asked for.
    private(set) var window = Amount()

    /// Nothing measured yet.
    public init() {}

    /// What an earlier process has measured; the first steps of this one are cold again.
    init(total: Amount, steady: Amount, window: Amount) {
        (self.total, self.steady, self.window) = (total, steady, window)
    }

    /// The seconds that all steps took.
    public var seconds: Double { total.seconds }
    /// The tokens of all steps.
    public var tokens: Int { total.tokens }
    /// Tokens per second after the first three steps of each process; nil when there were no more.
    public var tokensPerSecond: Double? { steady.rate }

    /// Counts one step.
    mutating func add(tokens: Int, seconds: Double) {
        stepCount += 1
        Self.add(tokens, seconds, to: &total)
        Self.add(tokens, seconds, to: &window)
        if stepCount > Self.coldSteps { Self.add(tokens, seconds, to: &steady) }
    }

    /// Tokens per second since this was last asked.
    mutating func takeRecentRate() -> Double? {
        let rate = window.rate
        window = Amount()
        return rate
    }

    private static func add(_ tokens: Int, _ seconds: Double, to amount: inout Amount) {
        amount.tokens += tokens
        amount.seconds += seconds
    }
}
