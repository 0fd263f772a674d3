import Configuration

extension LoRA {
    /// Keys of PEFT's `LoraConfig`.
    public struct Settings: Config {
        /// What an update starts from.
        public enum Start: String, CaseIterable, Sendable {
            /// Kaiming uniform and zero.
            case neutral = "true"
            /// Both random, which changes the model.
            case random = "false"
            /// Normal deviates and zero.
            case gaussian
            /// The weight's largest singular values, taken out of the frozen weight.
            case pissa
            /// Both random, taken out of the frozen weight.
            case bothNonzero = "both_nonzero"

            /// Whether the frozen weight loses what the update starts with.
            var movesWeight: Bool { self == .pissa || self == .bothNonzero }
        }

        /// The rank of the update.
        public var rank = 8
        /// The update is scaled by this over the rank.
        public var alpha = 8.0
        /// The share of the input's elements dropped in training.
        public var dropout = 0.0
        /// What it is put on.
        public var targets = LowRankTargets()
        /// Ranks of some targets.
        public var ranks = ValuesByName<Int>()
        /// Alphas of some targets.
        public var alphas = ValuesByName<Double>()
        /// Whether the scale is over the root of the rank.
        public var isRankStabilized = false
        /// Whether each output's weights get a trained length.
        public var hasMagnitude = false
        /// What an update starts from.
        public var start = Start.neutral

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] =
            [
                .integer("r", \.rank, in: 1...4096, "Rank of the update; the trained parameters grow with it."),
                .number("lora_alpha", \.alpha, in: .above(0), "The update is scaled by lora_alpha / r."),
                .number("lora_dropout", \.dropout, in: 0..<1, "Share of the update's input dropped in training."),
            ] + Field.within(\.targets) + [
                .integersByName(
                    "rank_pattern", \.ranks, in: 1...4096,
                    "Ranks of some targets, under the ends of their paths or expressions for these; the first that fits counts."
                ),
                .numbersByName(
                    "alpha_pattern", \.alphas, in: .above(0),
                    "Values of lora_alpha for some targets, as in rank_pattern."),
                .boolean(
                    "use_rslora", \.isRankStabilized, "Scale by lora_alpha / √r, so that large ranks learn as fast."),
                .boolean(
                    "use_dora", \.hasMagnitude,
                    "Learn the length of each output's weights apart from their direction (DoRA)."),
                .booleanOrChoice(
                    "init_lora_weights", \.start,
                    "What the update starts from: true (A random, B zero), gaussian, pissa or both_nonzero leave the model as it "
                        + "was; false starts both at random."),
            ]
    }
}
