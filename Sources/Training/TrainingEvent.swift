/// Follows a training: draws its progress, writes its log, keeps its best model.
public protocol TrainingObserver {
    /// Called in the order in which things happen; an error ends the training.
    func observe(_ event: TrainingEvent) throws
}

/// Something that happened in a training.
public enum TrainingEvent: Sendable {
    /// It begins, or goes on after so many steps.
    case started(TrainingPlan, finishedSteps: Int)
    /// A step is done; comes for each.
    case stepped(StepReport)
    /// Figures for the log, every `logging_steps` steps and after the last.
    case logged(LogEntry)
    /// An evaluation begins.
    case evaluating(step: Int)
    /// An evaluation is done.
    case evaluated(ModelEvaluation)
    /// The evaluation just reported is the best so far: the model's parameters are now worth keeping.
    case improved(ModelEvaluation)
    /// The training as it stands is to be written down.
    case saving(TrainingSnapshot)
}

/// One finished step.
public struct StepReport: Hashable, Sendable {
    /// Its number, from 1.
    public let step: Int
    /// The mean loss of its batches, before the update.
    public let loss: Double
    /// The rate it was taken at.
    public let learningRate: Double
    /// The norm of all gradients before clipping.
    public let gradientNorm: Double
    /// Tokens in its batches.
    public let tokens: Int
    /// How long it took.
    public let seconds: Double
}

/// One line of the log.
public struct LogEntry: Hashable, Sendable {
    /// The last step it covers, from 1.
    public let step: Int
    /// Passes over the data so far.
    public let epoch: Double
    /// The mean loss of the steps since the line before.
    public let loss: Double
    /// The rate of the last step.
    public let learningRate: Double
    /// The norm of the last step's gradients before clipping.
    public let gradientNorm: Double
    /// Tokens per second since the line before; nil when the clock did not move.
    public let tokensPerSecond: Double?
}

/// What an evaluation found.
public struct ModelEvaluation: Hashable, Sendable {
    /// Steps taken before it.
    public let step: Int
    /// Passes over the data before it.
    public let epoch: Double
    /// Its metrics.
    public let scores: [Score]
}
