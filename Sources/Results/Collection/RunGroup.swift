import YAML

/// Runs of the same settings that differ in the seed at most.
public struct RunGroup: Sendable {
    /// The runs, in the order of their seeds.
    public let runs: [StoredRun]

    init(_ runs: [StoredRun]) {
        self.runs = runs.sorted { ($0.seed?.double ?? 0, $0.place) < ($1.seed?.double ?? 0, $1.place) }
    }

    /// The runs in groups, in the order of their first runs. Those that did not finish stand by themselves: what they came to is no
    /// result.
    static func groups(of runs: [StoredRun]) -> [RunGroup] {
        var places: [Key: Int] = [:]
        var members: [[StoredRun]] = []
        for run in runs {
            let key = Key(identity: run.identity, status: run.record.status)
            if let place = places[key] {
                members[place].append(run)
            } else {
                places[key] = members.count
                members.append([run])
            }
        }
        return members.map(RunGroup.init)
    }

    private struct Key: Hashable {
        let identity: [String: JSON]
        let status: RunRecord.Status
    }

    /// How far they have come, all of them.
    var status: RunRecord.Status { runs.first?.record.status ?? .finished }

    /// The values of a metric with their seeds.
    func values(_ metric: String) -> [(seed: JSON?, value: Double)] {
        runs.compactMap { run in run.record.metrics[metric].map { (run.seed, $0) } }
    }

    /// What is known of a metric over the seeds; nil where it was not measured, and of runs that did not finish.
    func sample(_ metric: String) -> Sample? {
        guard status == .finished else { return nil }
        if let known = runs.first?.samples[metric], runs.count == 1 { return known }
        return Sample(values(metric).map(\.value))
    }
}
