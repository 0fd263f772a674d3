/// How many steps a training takes, worked out before it starts, as transformers' `Trainer` does.
///
///     batchesPerEpoch = ceil(examples / batchSize)
///     stepsPerEpoch   = max(1, ceil(batchesPerEpoch / accumulationSteps))
///     totalSteps      = maxSteps, or else ceil(epochs * stepsPerEpoch)
///     warmupSteps     = warmupSteps, or where that is 0, ceil(totalSteps * warmupRatio)
///
/// The last batch of an epoch may be smaller, and the last step of an epoch may have fewer batches; neither reaches into the
/// next epoch.
public struct TrainingPlan: Hashable, Sendable {
    /// The number of examples (features) in an epoch.
    public let exampleCount: Int
    /// Sequences in one forward pass.
    public let batchSize: Int
    /// Batches in one step.
    public let accumulationSteps: Int
    /// Batches in an epoch.
    public let batchesPerEpoch: Int
    /// Updates of the parameters in an epoch.
    public let stepsPerEpoch: Int
    /// Updates of the parameters in all.
    public let totalSteps: Int
    /// Steps in which the learning rate rises from zero.
    public let warmupSteps: Int

    /// The plan for this many examples.
    public init(_ settings: TrainSettings, exampleCount: Int) {
        self.exampleCount = exampleCount
        batchSize = max(1, settings.batchSize)
        accumulationSteps = max(1, settings.accumulationSteps)
        batchesPerEpoch = Self.ceiling(exampleCount, batchSize)
        stepsPerEpoch = max(1, Self.ceiling(batchesPerEpoch, accumulationSteps))
        totalSteps = settings.maxSteps ?? Self.ceiling(settings.epochCount * Double(stepsPerEpoch))
        warmupSteps =
            settings.warmupSteps > 0
            ? settings.warmupSteps : Self.ceiling(Double(totalSteps) * settings.warmupRatio)
    }

    /// How many passes over the data `step` steps are.
    public func epochs(after step: Int) -> Double { Double(step) / Double(stepsPerEpoch) }

    /// The epoch, from 0, that the step after `step` finished ones belongs to.
    public func epoch(after step: Int) -> Int { step / stepsPerEpoch }

    /// The batches, counted within the epoch, that the step after `step` finished ones takes.
    public func batches(after step: Int) -> Range<Int> {
        let first = step % stepsPerEpoch * accumulationSteps
        return first..<max(first, min(first + accumulationSteps, batchesPerEpoch))
    }

    private static func ceiling(_ count: Int, _ size: Int) -> Int { count / size + (count % size > 0 ? 1 : 0) }

    /// The next whole number, within what no training ever reaches, so that any number can be asked for.
    private static func ceiling(_ value: Double) -> Int {
        value.isFinite ? Int(min(max(0, value.rounded(.up)), 1e15)) : 0
    }
}
