import Configuration

extension Bottleneck {
    /// The keys of the `BnConfig` of the library `adapters`, over one of its named configurations.
    public struct Settings: Config {
        /// The named configuration whose values the keys that are not given have.
        public var preset = Preset.sequential
        /// Whether an adapter follows each attention.
        public var followsAttention: Bool?
        /// Whether an adapter follows each feed-forward network.
        public var followsFeedForward: Bool?
        /// The model's width over that of the bottleneck: for all layers, or by layer.
        public var reductionFactor: Either<Double, ValuesByName<Double>>?
        /// The activation in the bottleneck.
        public var nonLinearity: NonLinearity?
        /// Whether the model's residual and norm come before the adapter.
        public var hasOriginalNormBefore: Bool?
        /// Whether the model's residual and norm come after the adapter.
        public var hasOriginalNormAfter = true
        /// Whether the adapter begins with a norm of its own.
        public var hasNormBefore = false
        /// Whether the adapter ends with a norm of its own.
        public var hasNormAfter = false
        /// Where the adapter's residual comes from, when the model's norm comes before it.
        public var residual = Either<Bool, ResidualAfterSum>.first(true)
        /// Whether the adapter's residual is added before its own last norm.
        public var addsResidualBeforeNorm = false
        /// Whether the adapter works on what went into the sub-layer, beside it.
        public var isParallel: Bool?
        /// What the adapter's output is multiplied by.
        public var scaling: Either<Double, LearnedScaling>?
        /// How the maps start.
        public var start: Start?
        /// Layers without an adapter.
        public var leftOut: [Int] = []
        /// The share of the output's elements dropped in training.
        public var dropout = 0.0

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .choice(
                "adapter_config", \.preset,
                "Named configuration for the keys that are not given: seq_bn (Pfeiffer), double_seq_bn (Houlsby), par_bn (He)."
            ),
            .boolean("mh_adapter", \.followsAttention, "Put an adapter behind every attention."),
            .boolean("output_adapter", \.followsFeedForward, "Put an adapter behind every feed-forward network."),
            .number(
                "reduction_factor", \.reductionFactor, in: .above(0),
                "The model's width over the bottleneck's; by layer as {'0': 8, default: 16}."),
            .choice("non_linearity", \.nonLinearity, "Activation in the bottleneck."),
            .boolean(
                "original_ln_before", \.hasOriginalNormBefore, "Apply the model's residual and norm before the adapter."
            ),
            .boolean(
                "original_ln_after", \.hasOriginalNormAfter, "Apply the model's residual and norm after the adapter."),
            .boolean("ln_before", \.hasNormBefore, "Begin the adapter with a norm of its own."),
            .boolean("ln_after", \.hasNormAfter, "End the adapter with a norm of its own."),
            .boolean(
                "residual_before_ln", \.residual,
                "With original_ln_before, the adapter's residual comes from before the model's sum and norm (true), from "
                    + "after both (false), or from between them (post_add)."),
            .boolean(
                "adapter_residual_before_ln", \.addsResidualBeforeNorm,
                "With ln_after, add the adapter's residual before that norm."),
            .boolean("is_parallel", \.isParallel, "Work on what goes into the sub-layer, beside it."),
            .number("scaling", \.scaling, "Factor of the adapter's output, one that is learned, or one per channel."),
            .choice(
                "init_weights", \.start, "How the maps start; mam_adapter starts from an adapter that adds nothing."),
            .integers("leave_out", \.leftOut, in: 0..., "Layers without an adapter, from 0."),
            .number("dropout", \.dropout, in: 0..<1, "Share of the adapter's output dropped in training."),
        ]
    }

    /// A named configuration, by its name today or the older one.
    public enum Preset: String, CaseIterable, Sendable {
        case sequential = "seq_bn"
        case doubleSequential = "double_seq_bn"
        case parallel = "par_bn"
        case scaledParallel = "scaled_par_bn"
        case pfeiffer, houlsby
        case he = "parallel"
        case scaledHe = "scaled_parallel"
    }

    /// The activations that are supported, by transformers' names.
    public enum NonLinearity: String, CaseIterable, Sendable {
        case relu, gelu
        case geluNew = "gelu_new"
        case swish, silu, tanh, sigmoid, linear
    }

    /// The adapter's residual comes from between the model's sum and its norm.
    public enum ResidualAfterSum: String, CaseIterable, Sendable {
        case afterSum = "post_add"
    }

    /// Factors that are trained.
    public enum LearnedScaling: String, CaseIterable, Sendable {
        /// A single one, that starts at 1.
        case learned
        /// One per column, that start at 1.
        case channel
    }

    /// How the maps start; biases always at zero.
    public enum Start: String, CaseIterable, Sendable {
        /// Normal, deviation 0.02.
        case bert
        /// PyTorch's start of linear maps below, zero above: the adapter adds nothing at first.
        case mam = "mam_adapter"
        /// Normal, deviation 0.01, without what lies beyond two deviations.
        case houlsby
    }
}
