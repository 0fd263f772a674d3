import Experiment
import Foundation
import Results
import Sweeps
import YAML

/// One `peftexp sweep` from its first worker to its summary.
final class SweepRun {
    private let plan: SweepPlan
    private let jobs: JobCount
    private let console: Console
    private let screen: SweepScreen
    private let crew: Crew
    /// Workers that ended badly without a trial, one after the other.
    private var brokenCount = 0
    private var lastWords = ""

    init(_ plan: SweepPlan, _ jobs: JobCount, _ console: Console) {
        self.plan = plan
        self.jobs = jobs
        self.console = console
        screen = SweepScreen(plan.record, console, Terminal(descriptor: 2))
        crew = Crew(plan.folder.path, threads: jobs.threads)
    }

    /// Works until every trial has ended, or somebody interrupts.
    func run(json: Bool) throws -> Outcome {
        Interrupt.install()
        console.talk("\(plan.manifest.name): \(plan.summary)\n")
        if !plan.openTrials.isEmpty { try work() }
        return try finish(json: json)
    }

    private func work() throws {
        let (workers, threads) = (jobs.jobs, jobs.threads)
        console.talk(
            "\(workers) \(workers == 1 ? "worker" : "workers") of \(threads) \(threads == 1 ? "thread" : "threads"); "
                + "about \(FigureText.duration(plan.seconds(jobs: workers))) and \(FigureText.bytes(jobs.bytes(plan))) of memory\n"
                + "more workers: \(CommandText.line(["peftexp", "worker", plan.folder.path]))\n")
        if jobs.exceedsMemory { console.talk("note: that is more memory than is free; fewer --jobs need less\n") }
        screen.skip(plan.trials.filter { $0.state.isDone }.map(\.id.text))
        for _ in 0..<workers { try crew.hire() }
        var isEnding = false
        while crew.count > 0 {
            if !isEnding, let outcome = Interrupt.outcome {
                isEnding = true
                screen.note("ending after the steps at hand; the same command goes on")
                crew.send(outcome == .interrupted ? SIGINT : SIGTERM)
            }
            for news in crew.news(within: 200) { try take(news, isEnding: isEnding) }
            try endOverdue()
            screen.draw()
        }
        screen.clear()
    }

    private func take(_ news: Crew.News, isEnding: Bool) throws {
        switch news {
        case .event(let event):
            brokenCount = 0
            screen.show(event)
        case .lost(let trial, let generation, let how, let log):
            // A worker that finished its trial and died before it could say so has done no harm.
            if try hasEnded(trial) { break }
            try note(Failure(how, log: log), of: trial, generation: generation, isEnding: isEnding)
        case .ended(let trial, let generation):
            if try hasEnded(trial) { break }
            try note(hang, of: trial, generation: generation, isEnding: isEnding)
        case .broken(let words):
            lastWords = words
            brokenCount += 1
            screen.note(words)
            if !isEnding, brokenCount <= jobs.jobs { try crew.hire() }
        }
    }

    /// Writes down that an attempt failed with its worker, and starts another one.
    private func note(_ failure: Failure, of trial: String, generation: Int, isEnding: Bool) throws {
        try plan.folder.add(failure, of: trial, generation: generation)
        screen.show(.failed(trial, message: failure.message))
        if !isEnding { try crew.hire() }
    }

    private func hasEnded(_ trial: String) throws -> Bool {
        let ledger = SweepLedger(plan.folder, plan.record)
        guard let found = plan.record.trials.first(where: { $0.id == trial }) else { return true }
        return try ledger.state(of: found).isDone
    }

    /// A worker ends a trial that hangs; one that is halted itself is ended from here.
    private func endOverdue() throws {
        guard let limit = plan.record.timeLimit else { return }
        for (trial, age) in screen.ages where age > limit + 2 * plan.record.killTime {
            // Written down first, so that nobody takes the trial up in between.
            try crew.end(trial) { try plan.folder.add(hang, of: trial, generation: $0) }
        }
    }

    private var hang: Failure { plan.record.hang(of: "its process was killed") }

    private func finish(json: Bool) throws -> Outcome {
        let ledger = SweepLedger(plan.folder, plan.record)
        for trial in plan.record.trials { try ledger.settle(trial) }
        let states = try plan.record.trials.map { try ledger.state(of: $0) }
        let summary = SweepSummary(plan, states)
        console.out(json ? summary.json.prettyText : summary.text)
        if let outcome = Interrupt.outcome, summary.openCount > 0 {
            console.talk("Interrupted; what was trained so far is kept. The same command goes on.\n")
            return outcome
        }
        if summary.openCount > 0 { throw SweepError("the workers could not go on: \(lastWords)") }
        return summary.failedCount > 0 ? .failed : .done
    }
}
