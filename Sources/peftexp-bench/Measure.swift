import Results

/// Something that is measured of a job; the raw value is its key in JSON.
package enum Measure: String, CaseIterable, Hashable, Sendable {
    /// Real tokens of steps, or generated ones, over their time.
    case tokensPerSecond = "tokens_per_second"
    /// The time of a whole training.
    case trainingSeconds = "training_seconds"
    /// From the start of the process until the first step begins.
    case firstStepBegins = "first_step_begins_seconds"
    /// From the start of the process until the first step is done.
    case firstStepEnds = "first_step_ends_seconds"
    /// Floating-point operations that the products of the mathematics need, for a token.
    case operationsPerToken = "operations_per_token"
    /// The same, over the time of the steps.
    case usefulRate = "useful_operations_per_second"
    /// Floating-point operations of a large product over its time.
    case productRate = "product_operations_per_second"
    /// The useful rate, as a share of the product rate that was measured in the same round.
    case usefulShare = "useful_share_of_product_rate"
    /// The most memory that the process held.
    case peakBytes = "peak_rss_bytes"

    /// The title of its column.
    package var title: String {
        switch self {
        case .tokensPerSecond: "tokens/s"
        case .trainingSeconds: "time"
        case .firstStepBegins: "first step begins"
        case .firstStepEnds: "first step done"
        case .operationsPerToken: "operations a token"
        case .usefulRate: "useful operations/s"
        case .productRate: "operations/s"
        case .usefulShare: "of the product rate"
        case .peakBytes: "peak memory"
        }
    }

    /// A value as people read it.
    package func text(_ value: Double) -> String {
        switch self {
        case .tokensPerSecond: FigureText.count(value)
        case .trainingSeconds, .firstStepBegins, .firstStepEnds: FigureText.duration(value)
        case .operationsPerToken, .usefulRate, .productRate: FigureText.operations(value)
        case .usefulShare: FigureText.percent(value)
        case .peakBytes: FigureText.bytes(value)
        }
    }

    /// Whether less of it is better.
    package var isCost: Bool {
        switch self {
        case .trainingSeconds, .firstStepBegins, .firstStepEnds, .operationsPerToken, .peakBytes: true
        case .tokensPerSecond, .usefulRate, .productRate, .usefulShare: false
        }
    }
}
