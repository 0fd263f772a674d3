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
    /// So many of the features have gone through the frozen layers, whose results are kept.
    case keeping(done: Int, total: Int)
    /// What is kept of the frozen layers, or why nothing is, in a sentence.
    case activations(String)
    /// So many of the features are scored.
    case scoring(done: Int, total: Int)
    /// A checkpoint of an earlier attempt cannot be used; training goes on from an earlier one, or begins anew where there is none.
    case unusableCheckpoint(path: String, reason: String, next: String?)
}

/// How a run ended.
public enum RunEnding: Sendable {
    /// The same run had finished before; nothing was done.
    case foundFinished(RunRecord, path: String)
    /// It went to its end.
    case finished(RunRecord, path: String)
    /// It was interrupted; the same run goes on from its checkpoint.
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

    /// Trains, scores and writes, unless the same run has finished already; goes on from the last checkpoint of an attempt that did not
    /// finish.
    ///
    /// - Parameters:
    ///   - isForced: run from the beginning, whatever has been done.
    ///   - isInterrupted: asked after each step, and after each batch of scoring.
    public func run(isForced: Bool = false, isInterrupted: @escaping () -> Bool = { false }) throws -> RunEnding {
        let folder = try RunFolder(
            results: workspace.results, name: assembly.resolved.manifest.name, id: assembly.id)
        if !isForced, let record = try folder.finishedRecord() {
            folder.removeLeftOvers()
            return .foundFinished(record, path: folder.path)
        }
        let plan = try Plan(assembly, ProductProbe(workspace, assembly.productPrecision, isRenewed: true))
        try report(.planned(plan))
        let active = try folder.start(manifest: assembly.resolved.text, startRecord(plan), isFresh: isForced)
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
        let manifest = assembly.resolved.manifest
        let journal = RunJournal(
            active, names: assembly.model.graph.trained.map(\.path), restoresBest: manifest.train.restoresBest, report)
        let texts = try TextWriting(manifest, assembly.built.tokenizer)
        let evaluator = assembly.evaluation.map { set in
            ModelEvaluator(
                assembly.model, set, batchSize: manifest.train.evaluationBatchSize, texts: texts
            ) { done, total in
                try report(.scoring(done: done, total: total))
                if done < total, isInterrupted() { throw ScoringInterrupted() }
            }
        }
        journal.evaluator = evaluator
        if assembly.resolved.adapter == nil { try assembly.built.startFromText() }
        let (training, seed) = (assembly.training, UInt64(manifest.seed))
        let kept = KeptActivations()
        let trainer = try Trainer(
            TrainedModel(model: assembly.model), features: training.features,
            renewed: training.masking.map { masking in { masking.feature($0, pass: $1, seed: seed) } },
            frozen: { kept.training?.states(of: $0) }, settings: manifest.train, seed: seed, evaluator: evaluator,
            observers: [journal])
        if let state = try takeUp(trainer, active, plan) { journal.goOn(from: state) }
        let outcome: TrainingOutcome?
        do {
            try fill(kept, isTraining: trainer.progress.step < trainer.plan.totalSteps, journal, isInterrupted)
            evaluator?.kept = kept.evaluation
            outcome = try trainer.run(isInterrupted: isInterrupted)
        } catch is ScoringInterrupted { outcome = nil }
        let totals = journal.totals
        var record = startRecord(plan)
        let throughput = trainer.progress.throughput
        record.steps = trainer.progress.step
        record.trainSeconds = throughput.seconds + totals.activationSeconds
        record.activations = kept.uses
        record.tokensPerSecond = throughput.tokensPerSecond
        record.peakResidentBytes = totals.peakResidentBytes
        guard let outcome, outcome.ending != .interrupted else {
            try active.checkPresence()
            if trainer.progress.step > 0 { try journal.save(trainer.snapshot) }
            return .interrupted(try active.interrupt(record), path: active.path)
        }
        for score in outcome.evaluation?.scores ?? [] {
            record.metrics[score.name] = score.value
            record.greaterIsBetter[score.name] = score.higherIsBetter
        }
        if let predictions = journal.predictions { try active.write(predictions: predictions) }
        try active.checkPresence()
        try AdapterFiles(assembly).write(to: active.adapterPath)
        if manifest.model.start == .random {
            try MergedCheckpoint(
                assembly.built, assembly.resolved.tuners, taskName: assembly.resolved.taskName,
                labels: assembly.training.labels
            ).write(to: active.modelPath)
        }
        let scorings = Double(totals.evaluationCount)
        record.plan = [
            "steps": .init(planned: Double(plan.steps), actual: Double(outcome.steps)),
            "train_tokens": .init(planned: Double(plan.trainingTokens), actual: Double(outcome.tokens)),
            "operations": .init(
                planned: Double(plan.trainingOperations) + Double(plan.activationOperations)
                    + scorings * Double(plan.evaluationOperations),
                actual: Double(totals.operations)),
            "train_seconds": .init(
                planned: plan.trainingSeconds + plan.activationSeconds, actual: record.trainSeconds),
            "evaluation_seconds": .init(
                planned: scorings * plan.evaluationSeconds, actual: totals.evaluationSeconds),
            "peak_rss_bytes": .init(
                planned: Double(plan.peakBytes), actual: record.peakResidentBytes.map(Double.init)),
        ]
        return .finished(try active.finish(record), path: path)
    }

    /// Computes or finds what is kept of the frozen part of the model, and tells what that is.
    private func fill(
        _ kept: KeptActivations, isTraining: Bool, _ journal: RunJournal, _ isInterrupted: @escaping () -> Bool
    ) throws {
        defer { journal.addActivations(seconds: kept.seconds) }
        let keeper = ActivationKeeper(assembly, report, isInterrupted: isInterrupted)
        try report(.activations(try kept.fill(keeper, assembly, isTraining: isTraining)))
    }

    /// Puts the training where the newest checkpoint that can be used was written, if there is one.
    private func takeUp(_ trainer: Trainer, _ active: ActiveRun, _ plan: Plan) throws -> RunState? {
        let files = try active.checkpoints.files()
        for (index, file) in files.enumerated() {
            let state: RunState
            do { state = try RunState.restore(file, to: trainer) } catch {
                let next = files.dropFirst(index + 1).first
                try report(.unusableCheckpoint(path: file, reason: "\(error)", next: next))
                continue
            }
            try active.goOn(from: trainer.progress.step, metrics: state.metrics, startRecord(plan))
            return state
        }
        active.startOver()
        return nil
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
            "operations": .init(
                planned: Double(plan.trainingOperations) + Double(plan.activationOperations)
                    + Double(plan.evaluationOperations)),
            "train_seconds": .init(planned: plan.trainingSeconds + plan.activationSeconds),
            "evaluation_seconds": .init(planned: plan.evaluationSeconds),
            "peak_rss_bytes": .init(planned: Double(plan.peakBytes)),
        ]
        return record
    }
}

/// Ends a scoring, or the computing of what is kept, that somebody asked to end.
struct ScoringInterrupted: Error {}
