import Results
import Tasks
import Tensors
import Training

/// Writes down what happens in a training, keeps the predictions that belong to its result, and writes its checkpoints.
final class RunJournal: TrainingObserver {
    private let active: ActiveRun
    private let names: [String]
    private let restoresBest: Bool
    private let report: (RunEvent) throws -> Void
    private let clock = ContinuousClock()
    /// When the scoring that goes on began, and the operations before it.
    private var scoring: (start: ContinuousClock.Instant, operations: Int)?
    private var operationsBefore = Kernels.productOperations
    private var state = RunState()
    /// Where evaluations come from.
    var evaluator: ModelEvaluator?

    /// - Parameters:
    ///   - names: of the trained parameters.
    ///   - restoresBest: whether the result is the best model rather than the last.
    init(
        _ active: ActiveRun, names: [String], restoresBest: Bool, _ report: @escaping (RunEvent) throws -> Void
    ) {
        self.active = active
        self.names = names
        self.restoresBest = restoresBest
        self.report = report
    }

    /// The lines of `predictions.jsonl` that belong to the model as it would be the result now; nil when nothing was scored.
    var predictions: String? { state.predictions }

    /// What was done so far; a scoring that was not brought to its end is done again and does not count.
    var totals: RunTotals {
        var totals = state.totals
        totals.operations += (scoring?.operations ?? Kernels.productOperations) - operationsBefore
        totals.measureMemory()
        return totals
    }

    /// Takes note of the time that computing took what is kept of frozen layers.
    func addActivations(seconds: Double) { state.totals.activationSeconds += seconds }

    /// Goes on from what an earlier attempt has done.
    func goOn(from state: RunState) {
        self.state = state
        operationsBefore = Kernels.productOperations
    }

    /// Writes a checkpoint of the training as it stands.
    func save(_ training: TrainingSnapshot) throws {
        try active.checkPresence()
        var state = state
        state.totals = totals
        state.metrics = try active.loggedText()
        try state.write(training, names: names, to: active.checkpoints)
    }

    func observe(_ event: TrainingEvent) throws {
        switch event {
        case .started, .stepped: break
        case .saving(let training): try save(training)
        case .logged(let entry):
            var others = ["epoch": entry.epoch, "gradient_norm": entry.gradientNorm]
            if let rate = entry.tokensPerSecond { others["tokens_per_second"] = rate }
            try active.log(
                MetricsLine(step: entry.step, loss: entry.loss, learningRate: entry.learningRate, others))
        case .evaluating: scoring = (clock.now, Kernels.productOperations)
        case .evaluated(let evaluation):
            state.totals.evaluationCount += 1
            if let scoring { state.totals.evaluationSeconds += (clock.now - scoring.start) / .seconds(1) }
            scoring = nil
            var values = ["epoch": evaluation.epoch]
            for score in evaluation.scores { values["eval_\(score.name)"] = score.value }
            try active.log(MetricsLine(step: evaluation.step, values))
            if !restoresBest { keepPredictions() }
        case .improved:
            if restoresBest { keepPredictions() }
        }
        try report(.training(event))
    }

    private func keepPredictions() {
        state.predictions = evaluator?.latest.map { $0.predictions.map { $0.compactText + "\n" }.joined() }
    }
}
