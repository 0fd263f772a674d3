import Configuration

extension AdaLoRA {
    /// Keys of PEFT's `AdaLoraConfig`.
    public struct Settings: Config {
        /// The rank that every update starts with.
        public var initialRank = 12
        /// The mean rank that is left in the end.
        public var targetRank = 8
        /// The update is scaled by this over the initial rank.
        public var alpha = 8.0
        /// The share of the input's elements dropped in training.
        public var dropout = 0.0
        /// What it is put on.
        public var targets = LowRankTargets()
        /// Steps before the budget shrinks.
        public var initialSteps = 0
        /// Steps at the end in which the ranks stay.
        public var finalSteps = 0
        /// Steps from one allocation to the next.
        public var interval = 1
        /// Decay of the mean sensitivity.
        public var sensitivityDecay = 0.85
        /// Decay of the mean uncertainty.
        public var uncertaintyDecay = 0.85
        /// The weight of the orthogonality term in the loss.
        public var orthogonalityWeight = 0.5
        /// The steps of the whole training; those of this one unless given.
        public var totalSteps: Int?
        /// Whether an update starts as zero.
        public var startsNeutral = true
        /// Which ranks of each target an adapter that was read has kept.
        public var rankPattern: ValuesByName<[Bool]>?

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] =
            [
                .integer("init_r", \.initialRank, in: 1...4096, "Rank that every update starts with."),
                .integer("target_r", \.targetRank, in: 1...4096, "Mean rank of the updates that is left in the end."),
                .number("lora_alpha", \.alpha, in: .above(0), "The update is scaled by lora_alpha / init_r."),
                .number("lora_dropout", \.dropout, in: 0..<1, "Share of the update's input dropped in training."),
            ] + Field.within(\.targets) + [
                .integer("tinit", \.initialSteps, in: 0..., "Steps before the budget of ranks shrinks."),
                .integer("tfinal", \.finalSteps, in: 0..., "Steps at the end in which the ranks stay as they are."),
                .integer("deltaT", \.interval, in: 1..., "Steps from one allocation of ranks to the next."),
                .number("beta1", \.sensitivityDecay, in: .between(0, 1), "Decay of the mean sensitivity of a weight."),
                .number("beta2", \.uncertaintyDecay, in: .between(0, 1), "Decay of the mean uncertainty of that."),
                .number(
                    "orth_reg_weight", \.orthogonalityWeight, in: 0...,
                    "Weight in the loss of how far the updates' vectors are from orthonormal ones."),
                .integer(
                    "total_step", \.totalSteps, in: 1...,
                    "Steps of the training that the budget is planned for; those of this training unless given."),
                .boolean(
                    "init_lora_weights", \.startsNeutral,
                    "Start with singular values of zero, which leaves the model as it was; false starts at random."),
                .flagsByName(
                    "rank_pattern", \.rankPattern,
                    "Which ranks of each target are left; written when an adapter is saved, and read with it."),
            ]
    }
}
