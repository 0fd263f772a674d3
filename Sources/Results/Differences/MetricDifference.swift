/// One metric of two groups of runs.
struct MetricDifference: Sendable {
    /// What the examples tell of the difference.
    struct OverExamples: Sendable {
        let count: Int
        let interval: Interval
        /// Nil where the sides have different numbers of runs.
        let significance: PairedResampling.Significance?
    }

    let name: String
    let isHigherBetter: Bool
    /// The means over the runs of a side.
    let first: Double
    let second: Double
    var overExamples: OverExamples?
    var overSeeds: MeanDifference?

    /// Second minus first.
    var value: Double { second - first }

    /// All intervals of the difference that are known.
    var intervals: [Interval] { [overExamples?.interval, overSeeds?.interval].compactMap(\.self) }

    /// Whether every known interval lies beyond `margin` on the side where the second is worse.
    func isWorse(by margin: Double = 0) -> Bool {
        !intervals.isEmpty && intervals.allSatisfy { isHigherBetter ? $0.upper < -margin : $0.lower > margin }
    }

    /// Whether there is no difference at all, whatever examples or seeds are looked at.
    var isNone: Bool {
        value == 0 && !intervals.isEmpty && intervals.allSatisfy { $0.lower == 0 && $0.upper == 0 }
    }

    /// Whether every known interval lies on the side where the second is better.
    var isBetter: Bool {
        !intervals.isEmpty && intervals.allSatisfy { isHigherBetter ? $0.lower > 0 : $0.upper < 0 }
    }
}
