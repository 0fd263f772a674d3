import Experiment
import Files
import Results
import Sweeps
import YAML

/// What became of a sweep.
struct SweepSummary {
    private let plan: SweepPlan
    private let states: [SweepLedger.State]

    init(_ plan: SweepPlan, _ states: [SweepLedger.State]) {
        self.plan = plan
        self.states = states
    }

    private func count(_ word: String) -> Int { states.count { $0.word == word } }

    /// Trials that have not ended.
    var openCount: Int { count("open") }
    /// Trials that could not be brought to their end.
    var failedCount: Int { count("failed") }

    /// In words: failures with their trace, and how many of each kind.
    var text: String {
        var text = ""
        for (trial, state) in zip(plan.trials, states) {
            guard case .failed(let failures) = state, let last = failures.last else { continue }
            let times = failures.count == 1 ? "" : " \(failures.count) times"
            let place = last.host.isEmpty ? "" : " on \(last.host)"
            text += "failed\(times)\(place): \(trial.trial.title)\n"
            for line in (last.message + "\n" + last.log).split(separator: "\n") { text += "    \(line)\n" }
            text += "    by hand: \(plan.command(trial))\n"
        }
        let before = plan.trials.count { $0.state.isDone }
        var parts = ["\(count("done")) done"]
        if before > 0 { parts[0] += " (\(before) before)" }
        for word in ["pruned", "failed", "open"] where count(word) > 0 { parts.append("\(count(word)) \(word)") }
        text +=
            "\(plan.trials.count) \(plan.trials.count == 1 ? "trial" : "trials"): \(parts.joined(separator: ", "))\n"
        let results = Folder.parent(of: Folder.parent(of: plan.folder.path))
        return text + "see: \(CommandText.line(["peftexp", "table", results]))\n"
    }

    /// For scripts.
    var json: JSON {
        [
            "name": .string(plan.manifest.name), "sweep": .string(plan.folder.path), "done": .integer(count("done")),
            "pruned": .integer(count("pruned")), "failed": .integer(failedCount), "open": .integer(openCount),
            "trials": .array(zip(plan.trials, states).map { .object(entry($0, $1)) }),
        ]
    }

    private func entry(_ trial: SweepPlan.Trial, _ state: SweepLedger.State) -> [String: JSON] {
        var entry: [String: JSON] = [
            "run_id": .string(trial.id.text), "state": .string(state.word), "title": .string(trial.trial.title),
            "overrides": .array(trial.trial.overrides.map { .string($0) }), "command": .string(plan.command(trial)),
            "was_done": .boolean(trial.state.isDone),
        ]
        switch state {
        case .open: break
        case .finished(let record, let path), .pruned(let record, let path):
            entry["metrics"] = .object(record.metrics.mapValues(JSON.number))
            entry["path"] = .string(path)
            if let rule = record.stoppedBy { entry["stopped_by"] = .string(rule) }
        case .failed(let failures):
            entry["failures"] = .array(failures.map { ["message": .string($0.message), "log": .string($0.log)] })
        }
        return entry
    }
}
