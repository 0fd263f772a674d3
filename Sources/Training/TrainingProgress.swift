import Tensors

/// Where a training stands: with the parameters and the settings, all that is needed to go on as if it had never stopped.
///
/// The epoch and the place in it follow from the number of steps, and random numbers from the seed and the place, so
/// neither is kept here.
public struct TrainingProgress: Sendable {
    /// Updates made.
    public var step = 0
    /// The optimizer's moments.
    public var optimizer = AdamW()
    /// The loss of each step: `[step]`.
    public var losses: [Double] = []
    /// The norm of the last step's gradients before clipping.
    public var gradientNorm = 0.0
    /// The step of the last log line.
    public var loggedStep = 0
    /// The last evaluation.
    public var lastEvaluation: ModelEvaluation?
    /// The best evaluation, and its model.
    public var best: BestModel?
    /// How many evaluations in a row were not better by more than the threshold.
    public var evaluationsWithoutImprovement = 0
    /// Time and tokens of the steps.
    public var throughput = Throughput()

    /// A training that has not begun.
    public init() {}

    /// Takes note of an evaluation's selecting score, by the rules of transformers' early stopping.
    ///
    /// - Parameters:
    ///   - parameters: the model's, if the best are to be kept.
    ///   - observerStates: what those who observe updates remember, in the same case.
    /// - Returns: whether it is the best so far. It may be so by less than the threshold, and still count as no improvement.
    mutating func judge(
        _ score: Score, of evaluation: ModelEvaluation, threshold: Double, parameters: @autoclosure () -> [Tensor]?,
        observerStates: @autoclosure () -> [[String: Tensor]] = []
    ) -> Bool {
        let isBest = !score.value.isNaN && (best.map { score.isBetter(than: $0.score) } ?? true)
        let isMarked = isBest && (best.map { abs(score.value - $0.score.value) > threshold } ?? true)
        evaluationsWithoutImprovement = isMarked ? 0 : evaluationsWithoutImprovement + 1
        if isBest {
            best = BestModel(
                evaluation: evaluation, score: score, parameters: parameters(), observerStates: observerStates())
        }
        return isBest
    }
}

/// The model that an evaluation found best.
public struct BestModel: Sendable {
    /// What was found.
    public let evaluation: ModelEvaluation
    /// The metric that decided.
    public let score: Score
    /// The trained parameters as they were then; nil when they are not to be restored.
    public let parameters: [Tensor]?
    /// What those who observe updates remembered then.
    public let observerStates: [[String: Tensor]]
}

/// A training taken out at a step, to be put back later.
public struct TrainingSnapshot: Sendable {
    /// The trained parameters, in the model's order.
    public var parameters: [Tensor]
    /// What each of those who observe updates remembers, in the model's order.
    public var observerStates: [[String: Tensor]]
    /// Everything else.
    public var progress: TrainingProgress

    /// A training with these parameters that stands here.
    public init(parameters: [Tensor], observerStates: [[String: Tensor]] = [], progress: TrainingProgress) {
        self.parameters = parameters
        self.observerStates = observerStates
        self.progress = progress
    }
}
