/// When a training's state is to be written down: so often that little is ever lost, and so seldom that it costs little.
///
/// Times are seconds on any clock that only goes forward.
struct SaveSchedule {
    private let settings: SaveSettings
    /// The last step whose state is known to be kept.
    private var savedStep = 0
    private var savedTime = 0.0
    /// How long the last checkpoint took.
    private var cost = 0.0

    /// After an epoch or an evaluation at least this many times as long must have passed as a checkpoint takes.
    private static let thrift = 20.0

    /// The schedule of a training that nothing is kept of yet.
    init(_ settings: SaveSettings) {
        self.settings = settings
    }

    /// The training begins, or goes on from a state that is kept.
    mutating func start(step: Int, at time: Double) {
        (savedStep, savedTime) = (step, time)
    }

    /// A checkpoint of this step was written between the two times.
    mutating func didSave(step: Int, from start: Double, to end: Double) {
        (savedStep, savedTime, cost) = (step, end, end - start)
    }

    /// Whether so much time has passed that a checkpoint is due in any case.
    func isOverdue(step: Int, at time: Double) -> Bool {
        settings.effectiveStrategy != .no && settings.minutes > 0 && step > savedStep
            && time - savedTime >= settings.minutes * 60
    }

    /// Whether a checkpoint is due now that a step and the evaluation that belongs to it, if any, are done.
    ///
    /// - Parameter isMark: whether an epoch ends here, or the model was evaluated.
    func isDue(step: Int, isMark: Bool, at time: Double) -> Bool {
        if isOverdue(step: step, at: time) { return true }
        return switch settings.effectiveStrategy {
        case .no: false
        case .steps: step > savedStep && step % max(1, settings.steps ?? 1) == 0
        case .epoch: isMark && step > 0 && time - savedTime >= Self.thrift * cost
        }
    }
}
