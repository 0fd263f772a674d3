import Files
import Results
import Sweeps
import Tasks
import YAML

/// Decides whether a trial is ended before its time, by what is written down of all trials.
struct SweepComparison {
    private let rule: any StoppingRule
    private let ruleName: String
    private let metric: String
    private let sign: Double
    private let own: String
    private let others: [String]

    /// Nil where the sweep ends no trials.
    init?(
        _ ledger: SweepLedger, _ record: SweepRecord, _ trial: SweepRecord.Trial, _ resolved: ResolvedManifest
    ) throws {
        guard record.prunes, let tagged = record.earlyStopping else { return nil }
        rule = tagged.entry.make(tagged.settings)
        ruleName = tagged.name
        let measures = resolved.task.metrics
        let name = rule.metric ?? resolved.manifest.train.bestMetricName
        guard let measure = name.map({ name in measures.first { $0.name == name } }) ?? measures.first else {
            return nil
        }
        metric = measure.name
        sign = measure.isHigherBetter ? 1 : -1
        own = try ledger.runFolder(trial).path
        others = try record.trials.filter { $0.id != trial.id }.map { try ledger.runFolder($0).path }
    }

    /// What ends the trial after the evaluations that are written down; nil where it goes on.
    func verdict() throws -> String? {
        let curve = try self.curve(own)
        guard let last = curve.last, rule.stops(curve, among: try others.map { try self.curve($0) }) else { return nil }
        return "\(ruleName): \(metric) \(FigureText.metric(sign * last)) after evaluation \(curve.count)"
    }

    /// What the last evaluation of the trial gave.
    func lastScores() throws -> [String: Double] {
        let prefix = "eval_"
        let line = try Self.lines(own).last { node in
            guard case .mapping(let pairs) = node.content else { return false }
            return pairs.contains { $0.key.hasPrefix(prefix) }
        }
        guard case .mapping(let pairs)? = line?.content else { return [:] }
        var scores: [String: Double] = [:]
        for pair in pairs where pair.key.hasPrefix(prefix) {
            scores[String(pair.key.dropFirst(prefix.count))] = pair.value.number ?? .nan
        }
        return scores
    }

    /// What each evaluation of a run gave, larger is better; nothing where there is no run yet.
    private func curve(_ run: String) throws -> [Double] {
        try Self.lines(run).compactMap { line in line["eval_\(metric)"].map { sign * ($0.number ?? .nan) } }
    }

    /// The log of a run.
    private static func lines(_ run: String) throws -> [Node] {
        let file = "\(run)/metrics.jsonl"
        guard FileContents.exists(file) else { return [] }
        // The last line may be half-written by another process.
        return try FileContents.text(at: file).split(separator: "\n").compactMap {
            try? JSONText.parse(String($0), file: file)
        }
    }
}
