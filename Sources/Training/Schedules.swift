import Foundation

/// How the learning rate changes over a training: a factor on the `learning_rate` of the manifest.
public struct Schedule: Sendable {
    /// What `lr_scheduler_type` calls it.
    public let name: String
    /// The shape of its curve, in one sentence.
    public let help: String
    /// The settings it reads besides the number of steps.
    public let inputs: Set<Input>
    /// The factor for the step after a number of finished ones.
    public let factor: @Sendable (_ step: Int, _ span: Span) -> Double

    /// A setting that only some schedules read.
    public enum Input: Hashable, Sendable {
        case warmup, gamma
    }

    /// What a schedule stretches over.
    public struct Span: Hashable, Sendable {
        /// Steps in which the rate rises from zero.
        public var warmupSteps: Int
        /// Steps in all.
        public var totalSteps: Int
        /// Steps in an epoch.
        public var stepsPerEpoch: Int
        /// The factor from one epoch to the next.
        public var gamma: Double

        /// A span of these numbers.
        public init(warmupSteps: Int, totalSteps: Int, stepsPerEpoch: Int, gamma: Double) {
            self.warmupSteps = warmupSteps
            self.totalSteps = totalSteps
            self.stepsPerEpoch = max(1, stepsPerEpoch)
            self.gamma = gamma
        }

        /// The factor while the rate still rises; nil afterwards.
        func warmup(_ step: Int) -> Double? {
            step < warmupSteps ? Double(step) / Double(max(1, warmupSteps)) : nil
        }

        /// The share of the steps after warm-up that are done.
        func progress(_ step: Int) -> Double {
            Double(step - warmupSteps) / Double(max(1, totalSteps - warmupSteps))
        }
    }
}

/// Every schedule a manifest can name, with the formulas of transformers. To add one, add its line.
public let schedules: [Schedule] = [
    Schedule(name: "linear", help: "Rises over the warm-up, then falls in a straight line to zero.", inputs: [.warmup])
    {
        $1.warmup($0) ?? max(0, Double($1.totalSteps - $0) / Double(max(1, $1.totalSteps - $1.warmupSteps)))
    },
    Schedule(name: "cosine", help: "Rises over the warm-up, then falls along half a cosine to zero.", inputs: [.warmup])
    {
        $1.warmup($0) ?? max(0, 0.5 * (1 + cos(.pi * $1.progress($0))))
    },
    Schedule(name: "constant", help: "Stays as it is.", inputs: []) { _, _ in 1 },
    Schedule(name: "constant_with_warmup", help: "Rises over the warm-up, then stays.", inputs: [.warmup]) {
        $1.warmup($0) ?? 1
    },
    Schedule(
        name: "exponential", help: "Is multiplied by lr_gamma after every epoch, as P-tuning v2 does.", inputs: [.gamma]
    ) {
        pow($1.gamma, Double($0 / $1.stepsPerEpoch))
    },
]
