/// Why a training could not go on.
public enum TrainingError: Error, Hashable, Sendable {
    /// There is nothing to learn from.
    case noExamples
    /// The loss of a step (from 1) is infinite or not a number.
    case nonFiniteLoss(Float, step: Int, learningRate: Double)
    /// The gradient of a parameter has an infinite element or one that is not a number.
    case nonFiniteGradient(of: String, step: Int, learningRate: Double)
    /// `lr_scheduler_type` names no schedule.
    case unknownSchedule(String)
    /// `metric_for_best_model` names none of the metrics that an evaluation gave.
    case unknownMetric(String, known: [String])
    /// A snapshot that belongs to another model or a longer training.
    case foreignSnapshot(String)
}

extension TrainingError: CustomStringConvertible {
    /// What went wrong, and what to do.
    public var description: String {
        switch self {
        case .noExamples:
            "there are no training examples; check data.train and data.max_train_samples"
        case .nonFiniteLoss(let loss, let step, let rate):
            "step \(step): the loss is \(loss); \(Self.advice(step, rate))"
        case .nonFiniteGradient(let parameter, let step, let rate):
            "step \(step): the gradient of '\(parameter)' is not finite; \(Self.advice(step, rate))"
        case .unknownSchedule(let name):
            "there is no schedule '\(name)'; train.lr_scheduler_type is one of "
                + schedules.map(\.name).joined(separator: ", ")
        case .unknownMetric(let name, let known):
            "the evaluation gives no metric '\(name)'; train.metric_for_best_model is one of "
                + known.joined(separator: ", ")
        case .foreignSnapshot(let difference):
            "the saved state belongs to another training: \(difference)"
        }
    }

    /// Before the first update only the start can be at fault, later the step size.
    private static func advice(_ step: Int, _ rate: Double) -> String {
        step == 1
            ? "nothing has been trained yet, so the checkpoint's weights or the method's start are at fault"
            : "lower train.learning_rate (it was \(rate) at this step) or train.max_grad_norm"
    }
}
