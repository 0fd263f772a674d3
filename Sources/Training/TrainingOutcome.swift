/// How a training ended.
public struct TrainingOutcome: Sendable {
    /// Why it ended.
    public enum Ending: Hashable, Sendable {
        /// All steps are done.
        case completed
        /// The evaluations had stopped improving.
        case stoppedEarly
        /// Somebody asked for it; the training can be continued from its snapshot.
        case interrupted
    }

    /// Why it ended.
    public let ending: Ending
    /// Updates made.
    public let steps: Int
    /// Passes over the data.
    public let epochs: Double
    /// Seconds in training steps; evaluation and logging are not in it.
    public let trainSeconds: Double
    /// Tokens that went through training steps.
    public let tokens: Int
    /// Tokens of training steps over their time, after the first three; nil when there were no more.
    public let tokensPerSecond: Double?
    /// The loss of each step: `[steps]`.
    public let losses: [Double]
    /// The last evaluation.
    public let lastEvaluation: ModelEvaluation?
    /// The best evaluation.
    public let bestEvaluation: ModelEvaluation?
    /// The evaluation of the parameters that the model has now: of the best when they were restored.
    public let evaluation: ModelEvaluation?
}
