/// How sure the difference of two models is, told from the examples that both were scored on.
///
/// A side may be several runs, of the same settings with other seeds; its measure is then the mean of theirs.
struct PairedResampling: Sendable {
    /// Starts the random numbers.
    var seed: UInt64 = 1
    /// How many selections are drawn.
    var resamples = 10_000

    /// A p-value.
    struct Significance: Hashable {
        var p: Double
        /// Whether every exchange was looked at, not a selection of them.
        var isExact: Bool
    }

    /// The 95% interval of the difference, second minus first, by the percentiles of the paired bootstrap (Efron, 1979): as many
    /// examples as there are, drawn again and again with replacement, the same for both sides.
    ///
    /// - Returns: nil where the measure is not defined for most of what is drawn.
    func interval(_ first: [ExampleMeasure], _ second: [ExampleMeasure]) -> Interval? {
        guard let count = first.first?.count, count > 0, !second.isEmpty else { return nil }
        let table = JointRows(first, second)
        var stream = SeededStream(seed: seed)
        var differences: [Double] = []
        differences.reserveCapacity(resamples)
        var chosen = [Int](repeating: 0, count: count)
        for _ in 0..<resamples {
            for place in chosen.indices { chosen[place] = stream.below(count) }
            let difference = table.difference(of: chosen)
            if difference.isFinite { differences.append(difference) }
        }
        guard differences.count > resamples / 2 else { return nil }
        differences.sort()
        return Interval(
            lower: Self.quantile(Interval.tails / 2, of: differences),
            upper: Self.quantile(1 - Interval.tails / 2, of: differences))
    }

    /// How likely a difference at least this far from 0 is when it does not matter which of the sides gave a prediction: the
    /// predictions of single examples are exchanged between the sides (Fisher, 1935; Noreen, 1989).
    ///
    /// Every exchange is looked at where there are not more than `resamples`; else as many are drawn, and the one at hand is one more.
    ///
    /// - Returns: nil where the sides have different numbers of runs, whose predictions can not be exchanged.
    func significance(_ first: [ExampleMeasure], _ second: [ExampleMeasure]) -> Significance? {
        guard first.count == second.count, let measure = first.first, measure.count > 0 else { return nil }
        let exchange = Exchange(first, second)
        let observed = exchange.difference { _ in false }
        guard observed.isFinite else { return nil }
        // Sums in another order may differ in their last digits and mean the same.
        let bar = observed.magnitude - 1e-12 * max(1, observed.magnitude)
        func isAsFar(_ difference: Double) -> Bool { difference.magnitude >= bar }
        let free = exchange.changing.count
        if free < 63, 1 << free <= max(resamples, 1) {
            var hits = 0
            for pattern in 0..<(1 << free) where isAsFar(exchange.difference { pattern >> $0 & 1 == 1 }) { hits += 1 }
            return Significance(p: Double(hits) / Double(1 << free), isExact: true)
        }
        // Another stream than the bootstrap's.
        var stream = SeededStream(seed: ~seed)
        var hits = 1
        for _ in 0..<resamples {
            var bits: UInt64 = 0
            let difference = exchange.difference { place in
                if place % 64 == 0 { bits = stream.next() }
                defer { bits >>= 1 }
                return bits & 1 == 1
            }
            if isAsFar(difference) { hits += 1 }
        }
        return Significance(p: Double(hits) / Double(resamples + 1), isExact: false)
    }

    /// The number below which lies this share of the `sorted` ones; between two of them in a straight line.
    static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let place = share * Double(sorted.count - 1)
        let lower = Int(place.rounded(.down))
        let upper = min(lower + 1, sorted.count - 1)
        return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
    }
}
