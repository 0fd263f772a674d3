import YAML

/// What two sides, runs or groups of runs, differ in: settings first, then every metric with how sure its difference is.
public struct Differences: Sendable {
    /// The first side.
    public let first: DiffSide
    /// The second side.
    public let second: DiffSide
    /// How the differences are resampled.
    let resampling: PairedResampling
    /// One for each pair of groups that belong together.
    let comparisons: [GroupDifference]
    /// The keys in which the pairs differ from one another; none where there is one.
    let groupKeys: [String]
    /// What there is to say of the whole.
    let notes: [String]

    /// Compares `second` with `first`.
    ///
    /// A side with one group of settings is compared with the other side's whatever differs. Of several groups, those are compared
    /// that have the same settings, but for name and seed.
    ///
    /// - Throws: `RequestError` where there is nothing to compare, or what is wrong with the files of predictions.
    public init(_ first: DiffSide, _ second: DiffSide, seed: UInt64 = 1, resamples: Int = 10_000) throws {
        try Self.checkSameRuns(first, second)
        (self.first, self.second) = (first, second)
        let resampling = PairedResampling(seed: seed, resamples: resamples)
        self.resampling = resampling
        let pairs = try Self.pairs(first, second)
        comparisons = try pairs.map { try GroupDifference($0, $1, resampling) }
        groupKeys = pairs.count > 1 ? Self.groupKeys(pairs.flatMap(\.0.runs)) : []
        var notes = first.notes + second.notes
        let left = first.groups.count + second.groups.count - 2 * pairs.count
        if left > 0 { notes.append("\(left) groups of settings stand on one side only and are not compared") }
        self.notes = notes
    }

    /// Two results of one run that say different things can not both be right.
    private static func checkSameRuns(_ first: DiffSide, _ second: DiffSide) throws(RequestError) {
        for run in first.runs where run.path != nil {
            let other = second.runs.first { $0.record.runID == run.record.runID && $0.path != nil }
            if let other, other.record.metrics != run.record.metrics {
                throw RequestError(
                    "two results of run \(run.record.runID) say different things: '\(run.place)/result.json' and "
                        + "'\(other.place)/result.json'; remove the wrong one")
            }
        }
    }

    private static func pairs(_ first: DiffSide, _ second: DiffSide) throws(RequestError) -> [(RunGroup, RunGroup)] {
        if first.groups.count == 1, second.groups.count == 1 { return [(first.groups[0], second.groups[0])] }
        for leavesName in [true, false] {
            func key(_ group: RunGroup) -> [String: JSON] {
                (group.runs.first?.identity ?? [:]).filter { !(leavesName && $0.key == "name") && $0.value != .null }
            }
            let others = Dictionary(grouping: second.groups, by: key)
            let own = Dictionary(grouping: first.groups, by: key)
            guard (Array(own.values) + Array(others.values)).allSatisfy({ $0.count == 1 }) else { continue }
            let pairs = first.groups.compactMap { group in others[key(group)]?.first.map { (group, $0) } }
            if !pairs.isEmpty { return pairs }
        }
        let told = [first, second].filter { $0.groups.count > 1 }.map { side in
            let keys = groupKeys(side.runs).joined(separator: ", ")
            return "'\(side.name)' has \(side.groups.count) groups of runs, which differ in \(keys)"
        }
        throw RequestError(
            "no settings stand on both sides: \(told.joined(separator: "; ")); name the runs or folders that belong together"
        )
    }

    /// What tells groups apart.
    private static func groupKeys(_ runs: [StoredRun]) -> [String] {
        UsualColumns.telling(runs, ResultNames(runs).settings).filter { $0 != Settings.seedKey }
    }

    /// Whether the second side is surely worse in `metric` in any comparison: every 95% interval of the difference that there is, over
    /// examples and over seeds, lies wholly on the worse side of `margin`.
    ///
    /// - Throws: `RequestError` where the metric is missing, or no interval of its difference is known.
    public func isWorse(in metric: String, margin: Double = 0) throws(RequestError) -> Bool {
        var isWorse = false
        for comparison in comparisons {
            guard let difference = comparison.metrics.first(where: { $0.name == metric }) else {
                throw RequestError.unknownMetric(metric, among: comparison.metrics.map(\.name))
            }
            guard !difference.intervals.isEmpty else {
                throw RequestError("no interval of the difference in \(metric) is known: \(comparison.reasons)")
            }
            if difference.isWorse(by: margin) { isWorse = true }
        }
        return isWorse
    }
}
