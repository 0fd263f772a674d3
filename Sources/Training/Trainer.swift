import Files
import NN
import Tensors

/// Trains a model: the one loop for every method, task and backbone.
///
/// A step takes `gradient_accumulation_steps` batches, the last of an epoch what is left, and moves the parameters along the
/// mean of their gradients. What is due after a step (log, evaluation) is done before the next, and its having been done is part of
/// the progress, so that a training interrupted between the two can be continued.
public final class Trainer {
    /// How long the training is.
    public let plan: TrainingPlan
    /// Where the training stands.
    public private(set) var progress = TrainingProgress()
    private let model: any TrainableModel
    private let parameters: [Parameter]
    private let features: [Feature]
    private let renewed: ((_ index: Int, _ epoch: Int) -> Feature)?
    private let frozen: (_ features: [Int]) -> FrozenStates?
    private let settings: TrainSettings
    private let seed: UInt64
    private let evaluator: (any Evaluator)?
    private let observers: [any TrainingObserver]
    private let schedule: Schedule
    private let order: BatchOrder
    private var epoch: (number: Int, batches: [[Int]])?
    private var saving: SaveSchedule
    private let clock = ContinuousClock()
    private let origin: ContinuousClock.Instant

    /// A training that has not begun.
    ///
    /// - Parameters:
    ///   - features: the examples, with their labels.
    ///   - renewed: a feature as it is read in an epoch, from 0, as long as the one in `features`; a function of its arguments alone.
    ///     Nil where they are read as they are.
    ///   - frozen: what the frozen part of the model makes of these features, where that is kept; nil computes it in each step.
    ///   - seed: of the order of examples and of dropout.
    ///   - evaluator: nil trains without looking.
    public init(
        _ model: any TrainableModel, features: [Feature], renewed: ((_ index: Int, _ epoch: Int) -> Feature)? = nil,
        frozen: @escaping (_ features: [Int]) -> FrozenStates? = { _ in nil }, settings: TrainSettings, seed: UInt64,
        evaluator: (any Evaluator)? = nil, observers: [any TrainingObserver] = []
    ) throws(TrainingError) {
        guard let schedule = schedules.first(where: { $0.name == settings.scheduler }) else {
            throw .unknownSchedule(settings.scheduler)
        }
        plan = TrainingPlan(settings, exampleCount: features.count)
        guard plan.totalSteps == 0 || !features.isEmpty else { throw .noExamples }
        self.model = model
        parameters = model.trainedParameters
        self.features = features
        self.renewed = renewed
        self.frozen = frozen
        self.settings = settings
        self.seed = seed
        self.evaluator = evaluator
        self.observers = observers
        self.schedule = schedule
        saving = SaveSchedule(settings.saving)
        origin = clock.now
        order = BatchOrder(lengths: features.map(\.inputIDs.count), plan, settings, seed: seed)
    }

    /// Trains to the end, or until `isInterrupted`, which is asked before the first step and after each.
    ///
    /// - Throws: ``TrainingError``, and what the evaluator or an observer throws.
    public func run(isInterrupted: () -> Bool = { false }) throws -> TrainingOutcome {
        try announce(.started(plan, finishedSteps: progress.step))
        saving.start(step: progress.step, at: time)
        while true {
            if isInterrupted() { return outcome(.interrupted, holdsBest: false) }
            if progress.step == plan.totalSteps || progress.step % max(1, settings.loggingSteps) == 0 { try log() }
            if isEvaluationDue {
                if saving.isOverdue(step: progress.step, at: time) { try save() }
                try evaluate()
            }
            if progress.step >= plan.totalSteps || hasRunOutOfPatience { break }
            let isMark = progress.step % plan.stepsPerEpoch == 0 || progress.lastEvaluation?.step == progress.step
            if saving.isDue(step: progress.step, isMark: isMark, at: time) { try save() }
            try announce(.stepped(try step()))
        }
        try log()
        let best = settings.restoresBest ? progress.best?.parameters : nil
        if let best { assign(best, progress.best?.observerStates ?? []) }
        return outcome(progress.step < plan.totalSteps ? .stoppedEarly : .completed, holdsBest: best != nil)
    }

    /// The names of the trained parameters, in the model's order.
    public var parameterNames: [String] { parameters.map(\.path) }

    /// The training as it stands, sharing memory with the model until that moves on.
    public var snapshot: TrainingSnapshot {
        TrainingSnapshot(
            parameters: parameters.map(\.variable.value), observerStates: model.stepObservers.map(\.state),
            progress: progress)
    }

    /// The snapshot of a training of this model that stands in an archive.
    /// - Throws: when it is of another model, or not what it says.
    public func snapshot(in archive: Archive) throws -> TrainingSnapshot {
        try TrainingSnapshot(archive, names: parameterNames, observerCount: model.stepObservers.count)
    }

    /// Puts the training where a snapshot of one with the same settings, features and seed was taken.
    public func restore(_ snapshot: TrainingSnapshot) throws(TrainingError) {
        let (shapes, optimizer) = (parameters.map(\.shape), snapshot.progress.optimizer)
        guard snapshot.parameters.map(\.shape) == shapes else {
            throw .foreignSnapshot("its parameters have other shapes")
        }
        let moments = [optimizer.means, optimizer.variances, snapshot.progress.best?.parameters ?? []]
        guard moments.allSatisfy({ $0.isEmpty || $0.map(\.shape) == shapes }) else {
            throw .foreignSnapshot("its optimizer or its best model has other shapes")
        }
        guard optimizer.means.count == optimizer.variances.count,
            optimizer.means.isEmpty == (optimizer.stepCount == 0),
            snapshot.progress.losses.count == snapshot.progress.step,
            0...snapshot.progress.step ~= snapshot.progress.loggedStep, snapshot.progress.step <= plan.totalSteps
        else { throw .foreignSnapshot("its steps do not fit") }
        guard snapshot.observerStates.count == model.stepObservers.count else {
            throw .foreignSnapshot("its method has another memory")
        }
        assign(snapshot.parameters, snapshot.observerStates)
        progress = snapshot.progress
    }

    /// Seconds since the trainer was made.
    private var time: Double { (clock.now - origin) / .seconds(1) }

    private func save() throws {
        let start = time
        try announce(.saving(snapshot))
        saving.didSave(step: progress.step, from: start, to: time)
    }

    /// One update: forward and backward for each of its batches, and the optimizer.
    private func step() throws(TrainingError) -> StepReport {
        let start = clock.now
        let (step, rate) = (progress.step, learningRate(after: progress.step))
        let places = plan.batches(after: step)
        let number = plan.epoch(after: step)
        let epoch = batches(epoch: number)
        var (loss, tokens) = (0.0, 0)
        for parameter in parameters { parameter.variable.gradient = nil }
        for place in places {
            var batch = Batch(epoch[place].map { renewed?($0, number) ?? features[$0] })
            batch.frozen = frozen(epoch[place])
            let draw = plan.epoch(after: step) * plan.batchesPerEpoch + place
            let result = model.loss(batch, mode: .training(seed: seed, step: draw))
            let value = result.value[0, 0]
            guard value.isFinite else { throw .nonFiniteLoss(value, step: step + 1, learningRate: rate) }
            result.backward(factor: 1 / Float(places.count))
            loss += Double(value) / Double(places.count)
            tokens += batch.tokenCount
        }
        let stepObservers = model.stepObservers
        let norm = try progress.optimizer.step(
            parameters, learningRate: rate, settings.optimizer, keepsGradients: !stepObservers.isEmpty)
        if !stepObservers.isEmpty {
            let scale = settings.optimizer.gradientScale(norm: norm)
            for observer in stepObservers { observer.didStep(step + 1, of: plan.totalSteps, gradientScale: scale) }
            for parameter in parameters { parameter.variable.gradient = nil }
        }
        let seconds = (clock.now - start) / .seconds(1)
        progress.step = step + 1
        progress.losses.append(loss)
        progress.gradientNorm = norm
        progress.throughput.add(tokens: tokens, seconds: seconds)
        return StepReport(
            step: step + 1, loss: loss, learningRate: rate, gradientNorm: norm, tokens: tokens, seconds: seconds)
    }

    /// The rate of the step after `step` finished ones.
    private func learningRate(after step: Int) -> Double {
        let span = Schedule.Span(
            warmupSteps: plan.warmupSteps, totalSteps: plan.totalSteps, stepsPerEpoch: plan.stepsPerEpoch,
            gamma: settings.gamma)
        return settings.learningRate * schedule.factor(step, span)
    }

    private func batches(epoch number: Int) -> [[Int]] {
        if let epoch, epoch.number == number { return epoch.batches }
        let batches = order.batches(epoch: number)
        epoch = (number, batches)
        return batches
    }

    /// Reports the steps since the last report, if there are any.
    private func log() throws {
        let (step, from) = (progress.step, progress.loggedStep)
        guard step > from else { return }
        progress.loggedStep = step
        try announce(
            .logged(
                LogEntry(
                    step: step, epoch: plan.epochs(after: step),
                    loss: progress.losses[from..<step].reduce(0, +) / Double(step - from),
                    learningRate: learningRate(after: step - 1), gradientNorm: progress.gradientNorm,
                    tokensPerSecond: progress.throughput.takeRecentRate())))
    }

    private var isEvaluationDue: Bool {
        let step = progress.step
        guard progress.lastEvaluation?.step != step else { return false }
        if step >= plan.totalSteps { return true }
        return switch settings.evaluationStrategy {
        case .no: false
        case .epoch: step > 0 && step % plan.stepsPerEpoch == 0
        case .steps: step > 0 && step % max(1, settings.evaluationSteps ?? plan.totalSteps) == 0
        }
    }

    private func evaluate() throws {
        guard let evaluator else { return }
        try announce(.evaluating(step: progress.step))
        let scores = try evaluator.evaluate()
        let evaluation = ModelEvaluation(step: progress.step, epoch: plan.epochs(after: progress.step), scores: scores)
        let selecting = try settings.selectingScore(scores)
        progress.lastEvaluation = evaluation
        try announce(.evaluated(evaluation))
        guard let selecting else { return }
        let kept = settings.restoresBest ? snapshot : nil
        let isBest = progress.judge(
            selecting, of: evaluation, threshold: settings.patienceThreshold, parameters: kept?.parameters,
            observerStates: kept?.observerStates ?? [])
        if isBest {
            try announce(.improved(evaluation))
        }
    }

    private var hasRunOutOfPatience: Bool {
        settings.patience.map { progress.evaluationsWithoutImprovement >= max(1, $0) } ?? false
    }

    private func assign(_ values: [Tensor], _ states: [[String: Tensor]]) {
        for (parameter, value) in zip(parameters, values) { parameter.variable.value = value }
        for (observer, state) in zip(model.stepObservers, states) { observer.state = state }
    }

    private func announce(_ event: TrainingEvent) throws {
        for observer in observers { try observer.observe(event) }
    }

    private func outcome(_ ending: TrainingOutcome.Ending, holdsBest: Bool) -> TrainingOutcome {
        let (last, best) = (progress.lastEvaluation, progress.best?.evaluation)
        let current = last?.step == progress.step ? last : nil
        return TrainingOutcome(
            ending: ending, steps: progress.step, epochs: plan.epochs(after: progress.step),
            trainSeconds: progress.throughput.seconds, tokens: progress.throughput.tokens,
            tokensPerSecond: progress.throughput.tokensPerSecond, losses: progress.losses, lastEvaluation: last,
            bestEvaluation: best, evaluation: holdsBest ? best : current)
    }
}
