import Results
import Sweeps
import Training

/// One attempt at one trial.
struct SweepAttempt {
    /// How it ended.
    enum Ending {
        /// The trial has come to its end, well or not.
        case ended
        /// The trial is to be taken up again.
        case open
        /// A run that belongs to no sweep is writing the same result.
        case busy
    }

    private let trial: SweepRecord.Trial
    private let record: SweepRecord
    private let ledger: SweepLedger
    private let folder: SweepFolder
    private let workspace: Workspace
    private let report: (WorkerEvent) -> Void

    init(
        _ trial: SweepRecord.Trial, _ record: SweepRecord, _ ledger: SweepLedger, _ folder: SweepFolder,
        _ workspace: Workspace, _ report: @escaping (WorkerEvent) -> Void
    ) {
        self.trial = trial
        self.record = record
        self.ledger = ledger
        self.folder = folder
        self.workspace = workspace
        self.report = report
    }

    /// Runs the trial under `claim`, and lets go of it.
    func run(_ claim: Claim, isInterrupted: @escaping () -> Bool) throws -> Ending {
        let heartbeat = Heartbeat(claim)
        defer { heartbeat.stop() }
        report(.started(trial.id, generation: claim.generation))
        do {
            let ending = try run(heartbeat, isInterrupted)
            // Who took it over writes down what becomes of it.
            if heartbeat.isLost { return .open }
            switch ending {
            case .finished(let record, let path), .foundFinished(let record, let path):
                try claim.release(isDone: true)
                report(.finished(trial.id, metrics: record.metrics, path: path))
                return .ended
            case .pruned(let rule):
                try claim.release(isDone: true)
                report(.pruned(trial.id, by: rule))
                return .ended
            case .timedOut(let step):
                let limit = FigureText.duration(record.timeLimit ?? 0)
                let failure = Failure(
                    "its time of \(limit) was over after step \(step); its state is kept", isFinal: true)
                return try note(failure, claim)
            case .interrupted:
                try claim.release(isDone: false)
                report(.released(trial.id))
                return .open
            }
        } catch ResultError.inProgress {
            try claim.release(isDone: false)
            report(.released(trial.id))
            return .busy
        } catch {
            return try note(Failure("\(error)"), claim)
        }
    }

    /// Writes down that the attempt failed.
    private func note(_ failure: Failure, _ claim: Claim) throws -> Ending {
        guard claim.isHeld else { return .open }
        try folder.add(failure, of: trial.id, generation: claim.generation)
        report(.failed(trial.id, message: failure.message))
        let isEnded = try ledger.state(of: trial).isEnded
        try claim.release(isDone: isEnded)
        return isEnded ? .ended : .open
    }

    /// Why a run came to an end.
    private enum RunEnd {
        case finished(RunRecord, path: String)
        case foundFinished(RunRecord, path: String)
        case pruned(by: String)
        case timedOut(step: Int)
        case interrupted
    }

    private func run(_ heartbeat: Heartbeat, _ isInterrupted: @escaping () -> Bool) throws -> RunEnd {
        let resolved = try ResolvedManifest(folder.manifestPath(trial.id))
        let assembly = try Assembly(resolved, workspace)
        guard assembly.id.text == trial.id else {
            throw SweepError("its data or its model has changed since the sweep began; start 'peftexp sweep' again")
        }
        let comparison = try SweepComparison(ledger, record, trial, resolved)
        let watch = TrialWatch(trial.id, comparison, timeLimit: record.timeLimit, report)
        let runner = Runner(assembly, workspace) { try watch.observe($0) }
        switch try runner.run(isInterrupted: { isInterrupted() || heartbeat.isLost || watch.isOver }) {
        case .finished(let record, let path): return .finished(record, path: path)
        case .foundFinished(let record, let path): return .foundFinished(record, path: path)
        case .interrupted(let record, _):
            if heartbeat.isLost { return .interrupted }
            if let verdict = watch.verdict {
                let scores = try comparison?.lastScores() ?? [:]
                _ = try ledger.runFolder(trial).markPruned(by: verdict, metrics: scores)
                return .pruned(by: verdict)
            }
            // Who interrupts is not to be told of a limit.
            if watch.isTimeOver, !isInterrupted() { return .timedOut(step: record.steps ?? 0) }
            return .interrupted
        }
    }
}

/// Follows one run: tells how far it is, and whether the sweep wants it to end.
private final class TrialWatch {
    private let id: String
    private let comparison: SweepComparison?
    private let timeLimit: Double?
    private let report: (WorkerEvent) -> Void
    private let start = ContinuousClock().now
    private var stepCount = 0
    private var recentSeconds: [Double] = []
    /// What ends the run before its time.
    private(set) var verdict: String?

    init(
        _ id: String, _ comparison: SweepComparison?, timeLimit: Double?, _ report: @escaping (WorkerEvent) -> Void
    ) {
        self.id = id
        self.comparison = comparison
        self.timeLimit = timeLimit
        self.report = report
    }

    var isTimeOver: Bool { timeLimit.map { (ContinuousClock().now - start) / .seconds(1) > $0 } ?? false }

    var isOver: Bool { verdict != nil || isTimeOver }

    func observe(_ event: RunEvent) throws {
        switch event {
        case .training(.started(let plan, let finished)):
            stepCount = plan.totalSteps
            // It may have been ended between an evaluation and what follows from it.
            if finished > 0, finished < stepCount { verdict = try comparison?.verdict() }
        case .training(.stepped(let step)):
            recentSeconds = recentSeconds.suffix(19) + [step.seconds]
            let mean = recentSeconds.reduce(0, +) / Double(recentSeconds.count)
            report(
                .stepped(
                    id, step: step.step, of: stepCount, loss: step.loss,
                    secondsLeft: mean * Double(stepCount - step.step)))
        case .training(.evaluated(let evaluation)):
            let values = Dictionary(evaluation.scores.map { ($0.name, $0.value) }) { first, _ in first }
            report(.evaluated(id, step: evaluation.step, scores: values))
            if evaluation.step < stepCount { verdict = try comparison?.verdict() }
        case .training, .planned, .scoring, .keeping, .activations, .unusableCheckpoint: break
        }
    }
}
