import Configuration
import YAML

/// What two groups of runs differ in.
struct GroupDifference: Sendable {
    /// A key whose values differ.
    struct SettingDifference: Sendable {
        let key: String
        let first: String
        let second: String
    }

    let first: RunGroup
    let second: RunGroup
    let settings: [SettingDifference]
    let metrics: [MetricDifference]
    /// What keeps an interval from being known, or limits what it says.
    let notes: [String]

    init(_ first: RunGroup, _ second: RunGroup, _ resampling: PairedResampling) throws {
        (self.first, self.second) = (first, second)
        settings = Self.settings(first, second)
        let names = Set(first.runs.flatMap(\.record.metrics.keys))
        let common = names.intersection(second.runs.flatMap(\.record.metrics.keys)).sorted()
        guard !common.isEmpty else {
            let own = { (group: RunGroup) in
                Set(group.runs.flatMap(\.record.metrics.keys)).sorted().joined(separator: ", ")
            }
            throw RequestError(
                "no metric is common to both: '\(first.place)' has \(own(first)), '\(second.place)' has \(own(second))")
        }
        let examples = try ExampleComparison(first, second, resampling)
        var notes = examples.notes
        var metrics: [MetricDifference] = []
        var untold: [String] = []
        for name in common {
            guard let a = first.sample(name), let b = second.sample(name) else { continue }
            var difference = MetricDifference(
                name: name, isHigherBetter: first.runs.first?.isHigherBetter(name) ?? true, first: a.mean,
                second: b.mean)
            if let found = try examples.difference(name) {
                difference = MetricDifference(
                    name: name, isHigherBetter: difference.isHigherBetter, first: found.first, second: found.second,
                    overExamples: found.known)
            }
            if examples.hasPredictions, difference.overExamples == nil { untold.append(name) }
            difference.overSeeds = Self.overSeeds(name, first, second, a, b)
            metrics.append(difference)
        }
        if !untold.isEmpty {
            notes.append(
                "\(untold.joined(separator: ", ")): predictions.jsonl does not give what result.json says, so no interval over "
                    + "examples; a run of an earlier version may be repeated with --force")
        }
        if metrics.allSatisfy({ $0.overSeeds == nil }) { notes.append("one seed: variance over seeds unknown") }
        (self.metrics, self.notes) = (metrics, notes)
    }

    /// The reasons why something is not known, in one line.
    var reasons: String { notes.joined(separator: "; ") }

    private static func overSeeds(
        _ name: String, _ first: RunGroup, _ second: RunGroup, _ a: Sample, _ b: Sample
    ) -> MeanDifference? {
        let (own, others) = (first.values(name), second.values(name))
        let seeds = own.compactMap { $0.seed?.compactText }
        if seeds.count == own.count, own.count > 1, seeds == others.compactMap({ $0.seed?.compactText }) {
            return .paired(own.map(\.value), others.map(\.value))
        }
        return .welch(a, b)
    }

    private static func settings(_ first: RunGroup, _ second: RunGroup) -> [SettingDifference] {
        guard let one = first.runs.first, let other = second.runs.first else { return [] }
        func shown(_ value: JSON?) -> String { value.map(\.plainText) ?? "" }
        func seeds(_ group: RunGroup) -> String { group.runs.map { shown($0.seed) }.joined(separator: " ") }
        var differences = UsualColumns.differing([one, other], ResultNames([one, other]).settings)
            .filter { $0 != Settings.seedKey }
            .map { SettingDifference(key: $0, first: shown(one.settings[$0]), second: shown(other.settings[$0])) }
        if seeds(first) != seeds(second) {
            differences.append(
                SettingDifference(key: Settings.seedKey, first: seeds(first), second: seeds(second)))
        }
        let version = "peftexp"
        if let own = one.record.versions[version], let their = other.record.versions[version], own != their {
            differences.append(SettingDifference(key: "versions.\(version)", first: own, second: their))
        }
        return differences
    }
}

extension RunGroup {
    /// Where the runs are, for messages.
    var place: String { runs.count == 1 ? runs[0].place : "\(runs.first?.place ?? "") and \(runs.count - 1) more" }
}

extension RequestError {
    /// A metric that is asked for and that both sides do not have.
    static func unknownMetric(_ name: String, among known: [String]) -> RequestError {
        noMetric(name, among: known, "common to both sides")
    }

    /// A metric that is asked for and that runs do not have.
    static func noMetric(_ name: String, among known: [String], _ whose: String = "of these runs") -> RequestError {
        let near = Suggestion.nearest(to: name, among: known)
        let list = near == nil ? "; there are \(known.joined(separator: ", "))" : ""
        return RequestError("there is no metric '\(name)' \(whose)\(list)", suggestion: near)
    }
}
