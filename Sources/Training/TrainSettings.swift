import Configuration

/// The `train` section of a manifest, with the keys, meanings and defaults of transformers' `TrainingArguments`.
///
/// Where it differs: the model is evaluated after the last step whatever `eval_strategy` says, the best model is restored by
/// default, and a log line comes every 10 steps. A metric knows whether more is better, so there is no `greater_is_better`.
public struct TrainSettings: Config {
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
    /// Whether what layers compute is made again in backward, rather than kept.
    public var checkpointsLayers = false
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
    /// When its state is written down.
    public var saving = SaveSettings()
    /// Whether what the frozen part of the model gives is kept.
    public var activations = ActivationSettings()

    /// The defaults.
    public init() {}

    /// One field per key.
    public static let fields: [Field<Self>] = ownFields + Field.within(\.activations) + Field.within(\.saving)

    /// The keys that change no bit of a result: how it is computed, and what is written down on the way.
    public static let idleKeys = Set(
        SaveSettings.fields.map(\.key) + ActivationSettings.fields.map(\.key) + ["gradient_checkpointing"])

    private static let ownFields: [Field<Self>] = [
        .number(
            "num_train_epochs", \.epochCount, in: 0...1e6, "Passes over the data; a fraction stops within an epoch."),
        .integer(
            "max_steps", \.maxSteps, in: 0...1_000_000_000,
            "Updates in all, instead of num_train_epochs; 0 only evaluates."),
        .integer(
            "per_device_train_batch_size", \.batchSize, in: 1...65536, "Sequences in one forward pass of training."),
        .integer(
            "per_device_eval_batch_size", \.evaluationBatchSize, in: 1...65536,
            "Sequences in one forward pass of evaluation; scores do not depend on it but for rounding."),
        .integer(
            "gradient_accumulation_steps", \.accumulationSteps, in: 1...65536,
            "Batches whose mean gradient makes one update."),
        .boolean(
            "gradient_checkpointing", \.checkpointsLayers,
            "Keep only the input of each layer and compute the rest again in backward: less memory, about a third more time, the same "
                + "results to the bit."),
        .number(
            "learning_rate", \.learningRate, in: Bounds.above(0, through: 1000),
            "The largest rate; lr_scheduler_type says how it changes."),
        .choice(
            "lr_scheduler_type", \.scheduler, from: schedules.map(\.name), "How the rate changes from step to step."),
        .number(
            "lr_gamma", \.gamma, in: Bounds.above(0, through: 1),
            "What the rate is multiplied by after each epoch, with the schedule 'exponential'."),
        .integer(
            "warmup_steps", \.warmupSteps, in: 0..., "Steps in which the rate rises from 0; goes before warmup_ratio."),
        .number("warmup_ratio", \.warmupRatio, in: 0...1, "The share of all steps in which the rate rises from 0."),
        .number(
            "weight_decay", \.weightDecay, in: 0...1,
            "How much weights shrink at each step, times the rate; biases and normalisations do not."),
        .number("adam_beta1", \.beta1, in: 0..<1, "How slowly AdamW's mean of the gradient forgets."),
        .number("adam_beta2", \.beta2, in: 0..<1, "How slowly AdamW's mean of its square forgets."),
        .number(
            "adam_epsilon", \.epsilon, in: 1e-30...1, "Added to the root of that mean, so that nothing is divided by 0."
        ),
        .number(
            "max_grad_norm", \.maxGradientNorm, in: 0...1e9,
            "Longer gradients are shortened to this norm; 0 leaves them as they are."),
        .boolean(
            "group_by_length", \.groupsByLength,
            "Batches of sequences of similar lengths. Nothing is padded here, so this evens out batches and saves no time."
        ),
        .choice(
            "eval_strategy", \.evaluationStrategy,
            "When to evaluate before the end: not at all, after each epoch, every eval_steps steps."),
        .integer("eval_steps", \.evaluationSteps, in: 1..., "Steps from one evaluation to the next."),
        .integer("logging_steps", \.loggingSteps, in: 1..., "Steps from one line of metrics.jsonl to the next."),
        .boolean(
            "load_best_model_at_end", \.restoresBest,
            "Whether the result is the model of the best evaluation, or the one after the last step."),
        .text(
            "metric_for_best_model", \.bestMetric,
            "The metric that tells which evaluation is best; else the task's first."),
        .integer(
            "early_stopping_patience", \.patience, in: 1...,
            "Evaluations without improvement after which training stops."),
        .number(
            "early_stopping_threshold", \.patienceThreshold, in: 0...1e9, "How much better an improvement has to be."),
    ]

    /// The optimizer's part.
    public var optimizer: AdamW.Settings {
        AdamW.Settings(
            beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
            maxGradientNorm: maxGradientNorm > 0 ? maxGradientNorm : nil)
    }

    /// The metric that `metric_for_best_model` names, which may be written as transformers' users do, with `eval_` in front.
    public var bestMetricName: String? {
        bestMetric.map { $0.hasPrefix("eval_") ? String($0.dropFirst(5)) : $0 }
    }

    /// The score that decides which evaluation is best; nil when there are no scores.
    func selectingScore(_ scores: [Score]) throws(TrainingError) -> Score? {
        guard let bestMetric, let name = bestMetricName else { return scores.first }
        guard let score = scores.first(where: { $0.name == bestMetric || $0.name == name }) else {
            throw .unknownMetric(bestMetric, known: scores.map(\.name))
        }
        return score
    }
}
