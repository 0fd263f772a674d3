import Files
import Results
import Sweeps
import Training
import YAML

/// Decides whether a trial is ended before its time, by what is written down of all trials.
struct SweepComparison {
    private let rule: any StoppingRule
    private let ruleName: String
    private let metric: String?
    private let own: String
    private let others: [String]

    /// Nil where the sweep ends no trials.
    ///
    /// - Parameter metric: the measure that tells which model of the trial is best; nil for the first.
    init?(_ ledger: SweepLedger, _ record: SweepRecord, _ trial: SweepRecord.Trial, metric: String?) throws {
        guard record.prunes, let tagged = record.earlyStopping else { return nil }
        rule = tagged.entry.make(tagged.settings)
        ruleName = tagged.name
        self.metric = rule.metric ?? metric
        own = try ledger.runFolder(trial).path
        others = try record.trials.filter { $0.id != trial.id }.map { try ledger.runFolder($0).path }
    }

    /// What ends the trial after `evaluation`; nil where it goes on.
    func verdict(_ evaluation: ModelEvaluation) throws -> String? {
        guard let score = metric.map({ name in evaluation.scores.first { $0.name == name } }) ?? evaluation.scores.first
        else { return nil }
        let sign: Double = score.higherIsBetter ? 1 : -1
        let curve = try Self.curve(own, score.name, sign)
        guard rule.stops(curve, among: try others.map { try Self.curve($0, score.name, sign) }) else { return nil }
        return "\(ruleName): \(score.name) \(FigureText.metric(score.value)) after evaluation \(curve.count)"
    }

    /// What each evaluation of a run gave, larger is better; nothing where there is no run yet.
    private static func curve(_ run: String, _ metric: String, _ sign: Double) throws -> [Double] {
        let file = "\(run)/metrics.jsonl"
        guard FileContents.exists(file) else { return [] }
        let key = "eval_\(metric)"
        return try FileContents.text(at: file).split(separator: "\n").compactMap { line in
            // The last line may be half-written by another process.
            guard let node = try? JSONText.parse(String(line), file: file), let value = node[key] else { return nil }
            return sign * (value.number ?? .nan)
        }
    }
}
