import Configuration

extension TokenClassification {
    /// The tags, and how sentences are cut.
    public struct Settings: Config {
        /// The longest sentence in tokens, special tokens included.
        public var maxSequenceLength = 128
        /// The tags; collected from the training data where they are not given.
        public var labels: [String]?
        /// How tags mark spans.
        public var scheme = TagScheme.bio
        /// The measures; the usual ones where none is named.
        public var metrics: [String] = []

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .integer(
                "max_seq_length", \.maxSequenceLength, in: 8...(1 << 20),
                "Longest sentence in tokens, special tokens included; of a longer one the end is cut off."),
            .texts(
                "labels", \.labels, "Tags, in the order of the logits; collected from the training data unless given."),
            .choice(
                "scheme", \.scheme,
                "How tags mark spans: BIO, read leniently, or IOBES or BMES, of which only whole spans count."),
            .texts("metrics", \.metrics, "Measures to compute, the one to select by first; the usual ones if empty."),
        ]

        /// The tags in the manifest.
        var names: LabelNames { LabelNames(given: labels) }

        /// The measures.
        var choice: MetricChoice {
            MetricChoice(names: metrics, usual: ["f1", "precision", "recall", "accuracy"], outcomes: TagOutcomes.self)
        }
    }

    /// The measures that the settings ask for.
    public var metrics: [MetricEntry] { settings.choice.chosen }
    /// Tags of words.
    public var outcomes: any Outcomes.Type { TagOutcomes.self }

    /// Settings that are right alone and not together.
    public var contradictions: [Contradiction] {
        settings.choice.contradictions(with: "metrics") + settings.names.contradictions(atLeast: 2)
    }
}
