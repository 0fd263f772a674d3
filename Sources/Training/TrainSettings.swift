/// The `train` section of a manifest, with the keys, meanings and defaults of transformers' `TrainingArguments`.
///
/// Where it differs: the model is evaluated after the last step whatever `eval_strategy` says, the best model is restored by
/// default, and a log line comes every 10 steps.
public struct TrainSettings: Equatable, Sendable {
    /// When the model is evaluated before the end.
    public enum EvaluationStrategy: String, CaseIterable, Sendable {
        case no, epoch, steps
    }

    /// Passes over the data; a fraction stops within an epoch.
    public var epochCount = 3.0
    /// Updates in all, instead of a number of epochs.
    public var maxSteps: Int?
    /// Sequences in one forward pass of training.
    public var batchSize = 8
    /// Sequences in one forward pass of evaluation.
    public var evaluationBatchSize = 16
    /// Batches whose mean gradient makes one update.
    public var accumulationSteps = 1
    /// The rate that the schedule's factor is applied to.
    public var learningRate = 5e-5
    /// The share of the learning rate by which weights shrink at each step.
    public var weightDecay = 0.0
    /// Decay of the gradient's running mean.
    public var beta1 = 0.9
    /// Decay of the running mean of its square.
    public var beta2 = 0.999
    /// Added to the root of the latter.
    public var epsilon = 1e-8
    /// The norm that gradients are clipped to; 0 leaves them as they are.
    public var maxGradientNorm = 1.0
    /// The name of the schedule.
    public var scheduler = "linear"
    /// The factor from epoch to epoch of the exponential schedule.
    public var gamma = 0.95
    /// Steps in which the rate rises from zero; 0 leaves it to the ratio.
    public var warmupSteps = 0
    /// The share of all steps in which the rate rises from zero.
    public var warmupRatio = 0.0
    /// Whether a batch's sequences have similar lengths.
    public var groupsByLength = false
    /// When the model is evaluated before the end.
    public var evaluationStrategy = EvaluationStrategy.no
    /// Steps from one evaluation to the next.
    public var evaluationSteps: Int?
    /// Steps from one log line to the next.
    public var loggingSteps = 10
    /// Whether training ends with the parameters of the best evaluation.
    public var restoresBest = true
    /// The metric that tells which evaluation is best; nil takes the task's first.
    public var bestMetric: String?
    /// Evaluations without improvement after which training stops.
    public var patience: Int?
    /// What counts as improvement.
    public var patienceThreshold = 0.0

    /// The defaults.
    public init() {}

    /// The optimizer's part.
    public var optimizer: AdamW.Settings {
        AdamW.Settings(
            beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
            maxGradientNorm: maxGradientNorm > 0 ? maxGradientNorm : nil)
    }

    /// The score that decides which evaluation is best; nil when there are no scores.
    ///
    /// The metric may be written as transformers' users do, with `eval_` in front.
    func selectingScore(_ scores: [Score]) throws(TrainingError) -> Score? {
        guard let bestMetric else { return scores.first }
        let name = bestMetric.hasPrefix("eval_") ? String(bestMetric.dropFirst(5)) : bestMetric
        guard let score = scores.first(where: { $0.name == bestMetric || $0.name == name }) else {
            throw .unknownMetric(bestMetric, known: scores.map(\.name))
        }
        return score
    }
}
