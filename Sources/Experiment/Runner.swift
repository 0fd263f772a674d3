import Files
import Models
import NN
import Results
import Tasks
import Tensors
import Training
import YAML

/// What happens while an experiment runs, for whoever draws it.
public enum RunEvent: Sendable {
    /// The run is about to start, as planned.
    case planned(Plan)
    /// Something of the training.
    case training(TrainingEvent)
    /// So many of the features are scored.
    case scoring(done: Int, total: Int)
}

/// How a run ended.
public enum RunEnding: Sendable {
    /// The same run had finished before; nothing was done.
    case foundFinished(RunRecord, path: String)
    /// It went to its end.
    case finished(RunRecord, path: String)
    /// It was interrupted; what was trained so far stands in the checkpoint.
    case interrupted(RunRecord, path: String)
}

/// Runs one experiment and writes its result.
public struct Runner {
    private let assembly: Assembly
    private let workspace: Workspace
    private let report: (RunEvent) throws -> Void

    /// - Parameter report: told what happens; an error it throws ends the run.
    public init(_ assembly: Assembly, _ workspace: Workspace, report: @escaping (RunEvent) throws -> Void) {
        self.assembly = assembly
        self.workspace = workspace
        self.report = report
    }

    /// Trains, scores and writes, unless the same run has finished already.
    ///
    /// - Parameters:
    ///   - isForced: run again although it has finished.
    ///   - isInterrupted: asked after each step, and after each batch of scoring.
    public func run(isForced: Bool = false, isInterrupted: @escaping () -> Bool = { false }) throws -> RunEnding {
        let folder = try RunFolder(
            results: workspace.results, name: assembly.resolved.manifest.name, id: assembly.id)
        if !isForced, let record = try folder.finishedRecord() { return .foundFinished(record, path: folder.path) }
        let plan = Plan(assembly, ProductProbe(workspace, isRenewed: true))
        try report(.planned(plan))
        let active = try folder.start(manifest: assembly.resolved.text, startRecord(plan))
        do {
            return try run(active, plan, isInterrupted, path: folder.path)
        } catch {
            active.fail(startRecord(plan), because: "\(error)")
            throw error
        }
    }

    private func run(
        _ active: ActiveRun, _ plan: Plan, _ isInterrupted: @escaping () -> Bool, path: String
    ) throws -> RunEnding {
        let operationsBefore = Kernels.productOperations
        let journal = RunJournal(active, assembly, report)
        let manifest = assembly.resolved.manifest
        let evaluator = assembly.evaluation.map { set in
            ModelEvaluator(assembly.model, set, batchSize: manifest.train.evaluationBatchSize) { done, total in
                try report(.scoring(done: done, total: total))
                if done < total, isInterrupted() { throw ScoringInterrupted() }
            }
        }
        journal.evaluator = evaluator
        if assembly.resolved.adapter == nil { try assembly.built.startFromText() }
        let trainer = try Trainer(
            TrainedModel(model: assembly.model), features: assembly.training.features, settings: manifest.train,
            seed: UInt64(manifest.seed), evaluator: evaluator, observers: [journal])
        let outcome: TrainingOutcome?
        do { outcome = try trainer.run(isInterrupted: isInterrupted) } catch is ScoringInterrupted { outcome = nil }
        let operations = Kernels.productOperations - operationsBefore
        var record = startRecord(plan)
        let throughput = trainer.progress.throughput
        record.steps = trainer.progress.step
        record.trainSeconds = throughput.seconds
        record.tokensPerSecond = throughput.tokensPerSecond
        record.peakResidentBytes = ProcessMemory.peakResidentBytes()
        guard let outcome, outcome.ending != .interrupted else {
            try active.checkPresence()
            try AdapterFiles(assembly).writeState(to: active.checkpointPath, file: AdapterFiles.interruptedFile)
            return .interrupted(try active.interrupt(record), path: active.path)
        }
        for score in outcome.evaluation?.scores ?? [] {
            record.metrics[score.name] = score.value
            record.greaterIsBetter[score.name] = score.higherIsBetter
        }
        if let evaluation = manifest.train.restoresBest ? journal.best : evaluator?.latest {
            try active.write(predictions: evaluation.predictions)
        }
        try active.checkPresence()
        try AdapterFiles(assembly).write(to: active.adapterPath)
        let scorings = Double(journal.evaluationCount)
        record.plan = [
            "steps": .init(planned: Double(plan.steps), actual: Double(outcome.steps)),
            "train_tokens": .init(planned: Double(plan.trainingTokens), actual: Double(outcome.tokens)),
            "operations": .init(
                planned: Double(plan.trainingOperations) + scorings * Double(plan.evaluationOperations),
                actual: Double(operations)),
            "train_seconds": .init(planned: plan.trainingSeconds, actual: outcome.trainSeconds),
            "evaluation_seconds": .init(
                planned: scorings * plan.evaluationSeconds, actual: journal.evaluationSeconds),
            "peak_rss_bytes": .init(
                planned: Double(plan.peakBytes), actual: record.peakResidentBytes.map(Double.init)),
        ]
        return .finished(try active.finish(record), path: path)
    }

    private func startRecord(_ plan: Plan) -> RunRecord {
        var record = RunRecord(assembly.id)
        record.name = plan.name
        (record.task, record.method, record.backbone) = (plan.task, plan.method, plan.backbone)
        record.trainableParameters = plan.trainableParameters
        record.totalParameters = plan.totalParameters
        record.versions = Versions.all
        record.machine = .current()
        record.hashes = assembly.digests.mapValues(\.hex)
        record.plan = [
            "steps": .init(planned: Double(plan.steps)), "train_tokens": .init(planned: Double(plan.trainingTokens)),
            "operations": .init(planned: Double(plan.trainingOperations) + Double(plan.evaluationOperations)),
            "train_seconds": .init(planned: plan.trainingSeconds),
            "evaluation_seconds": .init(planned: plan.evaluationSeconds),
            "peak_rss_bytes": .init(planned: Double(plan.peakBytes)),
        ]
        return record
    }
}

/// Ends a scoring that somebody asked to end.
private struct ScoringInterrupted: Error {}

/// Writes down what happens in a training, and keeps the predictions of the best model.
private final class RunJournal: TrainingObserver {
    private let active: ActiveRun
    private let assembly: Assembly
    private let report: (RunEvent) throws -> Void
    private let clock = ContinuousClock()
    private var evaluationStart: ContinuousClock.Instant?
    var evaluator: ModelEvaluator?
    /// The evaluation of the best model.
    private(set) var best: Evaluation?
    private(set) var evaluationCount = 0
    private(set) var evaluationSeconds = 0.0

    init(_ active: ActiveRun, _ assembly: Assembly, _ report: @escaping (RunEvent) throws -> Void) {
        self.active = active
        self.assembly = assembly
        self.report = report
    }

    func observe(_ event: TrainingEvent) throws {
        switch event {
        case .started, .stepped: break
        case .logged(let entry):
            var others = ["epoch": entry.epoch, "gradient_norm": entry.gradientNorm]
            if let rate = entry.tokensPerSecond { others["tokens_per_second"] = rate }
            try active.log(
                MetricsLine(step: entry.step, loss: entry.loss, learningRate: entry.learningRate, others))
        case .evaluating: evaluationStart = clock.now
        case .evaluated(let evaluation):
            evaluationCount += 1
            if let start = evaluationStart { evaluationSeconds += (clock.now - start) / .seconds(1) }
            var values = ["epoch": evaluation.epoch]
            for score in evaluation.scores { values["eval_\(score.name)"] = score.value }
            try active.log(MetricsLine(step: evaluation.step, values))
        case .improved:
            best = evaluator?.latest
            try active.checkPresence()
            try AdapterFiles(assembly).writeState(to: active.checkpointPath)
        }
        try report(.training(event))
    }
}
