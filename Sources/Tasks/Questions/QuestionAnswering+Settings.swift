import Configuration

extension QuestionAnswering {
    /// How contexts are cut and answers are found; names and defaults as in Hugging Face's question-answering example.
    public struct Settings: Config {
        /// The longest sequence in tokens, question and special tokens included.
        public var maxSequenceLength = 384
        /// The context tokens that neighbouring windows share.
        public var stride = 128
        /// Whether the context's tokens are marked as the second segment.
        public var marksSegments = true
        /// The starts and ends of a window that are looked at.
        public var beamSize = 20
        /// The longest answer in tokens.
        public var maxAnswerLength = 30
        /// Whether there are questions without an answer.
        public var allowsNone = false
        /// How much better no answer must be than the best one.
        public var nullThreshold = 0.0
        /// The measures; the usual ones where none is named.
        public var metrics: [String] = []

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .integer(
                "max_seq_length", \.maxSequenceLength, in: 8...(1 << 20),
                "Longest sequence in tokens, question and special tokens included; a longer context is cut into windows."
            ),
            .integer("doc_stride", \.stride, in: 0...(1 << 20), "Context tokens that neighbouring windows share."),
            .boolean(
                "return_token_type_ids", \.marksSegments,
                "Mark the context as the second segment; false for models that know one only, and to do as PEFT, which drops the marks."
            ),
            .integer(
                "n_best_size", \.beamSize, in: 1...1024,
                "How many of the best starts and of the best ends of a window are looked at."),
            .integer("max_answer_length", \.maxAnswerLength, in: 1...(1 << 20), "Longest answer in tokens."),
            .boolean(
                "version_2_with_negative", \.allowsNone,
                "Whether there are questions without an answer, as in SQuAD v2.0."),
            .number(
                "null_score_diff_threshold", \.nullThreshold,
                "How much more than the best answer's score no answer's must be for there to be none."),
            .texts("metrics", \.metrics, "Measures to compute, the one to select by first; the usual ones if empty."),
        ]

        /// The measures.
        var choice: MetricChoice {
            MetricChoice(names: metrics, usual: ["f1", "exact_match"], outcomes: AnswerOutcomes.self)
        }
    }

    /// The measures that the settings ask for, in percent.
    public var metrics: [MetricEntry] { settings.choice.chosen }
    /// Answers.
    public var outcomes: any Outcomes.Type { AnswerOutcomes.self }

    /// Settings that are right alone and not together.
    public var contradictions: [Contradiction] {
        var found = settings.choice.contradictions(with: "metrics")
        if settings.stride >= settings.maxSequenceLength {
            found.append(
                Contradiction(
                    key: "doc_stride", with: "max_seq_length",
                    message: "\(settings.stride) is not less than max_seq_length \(settings.maxSequenceLength)"))
        }
        if !settings.allowsNone && settings.nullThreshold != Settings().nullThreshold {
            found.append(
                Contradiction(
                    key: "null_score_diff_threshold", with: "version_2_with_negative",
                    message: "it is read only with 'version_2_with_negative: true'"))
        }
        return found
    }
}
