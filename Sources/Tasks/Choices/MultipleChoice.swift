import Configuration
import NN

/// Multiple choice: which of several texts continues or answers another one.
///
/// A feature has a sequence for each choice, the context and the choice as a pair. The head's output for it is `[choices, 1]`.
public struct MultipleChoice: TaskType {
    /// `MULTIPLE_CHOICE`
    public static let name = "MULTIPLE_CHOICE"
    /// What is learned.
    public static let help = "Multiple choice: which of several texts continues or answers another one."
    /// Contexts with choices.
    public static let records: [any DataRecords.Type] = [ChoiceExamples.self]
    /// Classes: the places of choices.
    public static let outcomes: [any Outcomes.Type] = [ChoiceOutcomes.self]

    /// How texts are cut.
    public let settings: Settings

    /// The task with `settings`.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// The longest pair.
    public var maxSequenceLength: Int { settings.maxSequenceLength }
    /// Context and choice, where they are told apart.
    public var segments: Int { settings.marksSegments ? 2 : 1 }

    /// The contexts of a file, each with its choices.
    public func trainingData(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedData {
        try predictions(file, preparation, labelled: true).data
    }

    /// The contexts of a file, each with its choices.
    public func evaluationSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any EvaluationSet {
        ChoiceEvaluation(predicted: try predictions(file, preparation, labelled: true), choice: settings.choice)
    }

    /// The contexts of a file, each with its choices.
    public func predictionSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any PredictionSet {
        try predictions(file, preparation, labelled: false)
    }

    private func predictions(
        _ file: DataFile, _ preparation: Preparation, labelled: Bool
    ) throws(DataError) -> ChoicePredictions {
        let records = try file.read(ChoiceExamples.self, for: Self.name)
        let tokenizer = try preparation.tokenizer.tokenizer()
        let layout = SequenceLayout(
            tokenizer, maxLength: settings.maxSequenceLength, marksSegments: settings.marksSegments)
        let contexts = tokenizer.encode(records.examples.map(\.context))
        let features = try ExampleFeatures(records.examples, of: file, skipped: records.skipped) {
            (place, example) throws(DataError) in
            var whole = SequenceLayout.Sequence()
            var starts: [Int] = []
            for choice in tokenizer.encode(example.choices) {
                let sequence = layout.sequence(contexts[place].ids, choice.ids)
                if sequence.ids.isEmpty { throw DataError("a choice has no token", at: example.location) }
                starts.append(whole.ids.count)
                whole.ids += sequence.ids
                whole.types += sequence.types
                whole.isTruncated = whole.isTruncated || sequence.isTruncated
            }
            let label = labelled ? try label(of: example) : nil
            guard starts.count > 1 else { throw DataError("there must be two choices at least", at: example.location) }
            let feature = Feature(
                inputIDs: whole.ids, tokenTypeIDs: whole.types, breaks: Array(starts.dropFirst()), label: label)
            return (feature, whole.isTruncated)
        }
        return ChoicePredictions(data: features.data(tokenizer))
    }

    private func label(of example: ChoiceExample) throws(DataError) -> Label {
        guard let label = example.label else { throw DataError("no choice is marked as right", at: example.location) }
        guard example.choices.indices.contains(label) else {
            throw DataError(
                "the right choice is \(label), but they are numbered from 0 to \(example.choices.count - 1)",
                at: example.labelLocation)
        }
        return .category(label)
    }
}

extension MultipleChoice {
    /// How texts are cut.
    public struct Settings: Config {
        /// The longest sequence in tokens, special tokens included.
        public var maxSequenceLength = 128
        /// The measures; the usual one where none is named.
        public var metrics: [String] = []
        /// Whether choices are marked as the second segment.
        public var marksSegments = true

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .integer(
                "max_seq_length", \.maxSequenceLength, in: 8...(1 << 20),
                "Longest context with a choice in tokens, special tokens included; the longer text is cut first."),
            .texts("metrics", \.metrics, "Measures to compute, the one to select by first; the usual ones if empty."),
            .boolean(
                "return_token_type_ids", \.marksSegments,
                "Mark choices as the second segment; false for models that know one only."),
        ]

        /// The measures.
        var choice: MetricChoice {
            MetricChoice(names: metrics, usual: ["accuracy"], outcomes: ChoiceOutcomes.self)
        }
    }

    /// The measures that the settings ask for.
    public var metrics: [MetricEntry] { settings.choice.chosen }
    /// Places of choices.
    public var outcomes: any Outcomes.Type { ChoiceOutcomes.self }
    /// Settings that are right alone and not together.
    public var contradictions: [Contradiction] { settings.choice.contradictions(with: "metrics") }
}
