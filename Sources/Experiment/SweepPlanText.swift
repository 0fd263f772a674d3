import Results
import Sweeps
import YAML

extension SweepPlan {
    /// The line that runs a trial by hand.
    public func command(_ trial: Trial) -> String {
        CommandText.line(["peftexp", "run", manifest.file] + ownOverrides + trial.trial.overrides)
    }

    /// What was replaced in the manifest for all trials, but for the sweep itself.
    private var ownOverrides: [String] {
        manifest.overrides.filter { !$0.hasPrefix("sweep.") && !$0.hasPrefix("sweep=") }
    }

    /// The whole plan in words.
    ///
    /// - Parameters:
    ///   - jobs: how many workers there will be.
    ///   - width: columns of the terminal.
    public func text(jobs: JobCount, width: Int?) -> String {
        let hasLabels = trials.contains { !$0.trial.labels.isEmpty }
        var table = TextTable(
            [.number("trial"), .text("run"), .text("state")] + (hasLabels ? [.text("name")] : []) + [
                .number("trained"), .number("steps"), .number("memory"), .number("time"), .text("changes"),
            ])
        for (index, trial) in trials.enumerated() {
            var cells = ["\(index + 1)", trial.id.text, trial.state.word]
            if hasLabels { cells.append(trial.trial.labels.joined(separator: " ")) }
            cells.append(trial.plan.map { FigureText.count($0.trainableParameters) } ?? "")
            cells.append(trial.plan.map { "\($0.steps)" } ?? "")
            cells.append(trial.plan.map { FigureText.bytes($0.peakBytes) } ?? "")
            cells.append(trial.seconds.map(FigureText.duration) ?? "")
            cells.append(CommandText.line(trial.trial.overrides))
            table.append(cells)
        }
        var lines = [table.text(width: width)]
        lines.append(summary)
        let open = openTrials.count
        if open > 0 {
            lines.append("about \(FigureText.duration(openSeconds)) one after the other; \(jobs.words(self))")
            lines.append(
                "a trial by hand: \(CommandText.line(["peftexp", "run", manifest.file] + ownOverrides)) CHANGES")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// How many trials there are, and what is left of them.
    public var summary: String {
        let done = trials.count - openTrials.count
        var text = "\(trials.count) \(trials.count == 1 ? "trial" : "trials"): \(done) done, \(openTrials.count) to run"
        if manifest.droppedCount > 0 { text += "; \(manifest.droppedCount) dropped by conditions" }
        if repeatedCount > 0 { text += "; \(repeatedCount) the same as others" }
        return text
    }

    /// The plan for scripts.
    public func json(jobs: JobCount) -> JSON {
        [
            "name": .string(manifest.name), "sweep": .string(folder.path), "jobs": .integer(jobs.jobs),
            "threads": .integer(jobs.threads), "dropped": .integer(manifest.droppedCount),
            "repeated": .integer(repeatedCount), "seconds": .number(openSeconds),
            "seconds_with_jobs": .number(seconds(jobs: jobs.jobs)), "peak_rss_bytes": .integer(jobs.bytes(self)),
            "trials": .array(
                trials.map { trial in
                    .object([
                        "run_id": .string(trial.id.text), "state": .string(trial.state.word),
                        "title": .string(trial.trial.title),
                        "overrides": .array(trial.trial.overrides.map { .string($0) }),
                        "command": .string(command(trial)), "seconds": trial.seconds.map { .number($0) } ?? .null,
                        "plan": trial.plan?.json ?? .null,
                    ])
                }),
        ]
    }
}

extension SweepLedger.State {
    /// The state in one word.
    public var word: String {
        switch self {
        case .open: "open"
        case .finished: "done"
        case .pruned: "pruned"
        case .failed: "failed"
        }
    }
}
