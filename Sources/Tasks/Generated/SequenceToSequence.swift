import Configuration
import NN

/// Sequence to sequence: a text is written for another one, such as its translation or summary.
///
/// An encoder reads the source, a decoder writes the target token by token. The head's output for a feature is `[labels, 1]`: the
/// negative log-likelihood of each token of the target, the end token included.
public struct SequenceToSequence: TaskType {
    /// `SEQ_2_SEQ_LM`
    public static let name = "SEQ_2_SEQ_LM"
    /// What is learned.
    public static let help =
        "Sequence to sequence: a text is written for another one, such as its translation or summary."
    /// Texts with targets.
    public static let records: [any DataRecords.Type] = [PromptExamples.self]
    /// Likelihoods, or generated texts.
    public static let outcomes: [any Outcomes.Type] = [LikelihoodOutcomes.self, GeneratedOutcomes.self]

    /// How texts are cut, and how they are scored.
    public let settings: Settings

    /// The task with `settings`.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// The longest source or target.
    public var maxSequenceLength: Int { max(settings.maxSourceLength, settings.maxTargetLength) }
    /// One.
    public var segments: Int { 1 }

    /// The sources of a file, each with its target.
    public func trainingData(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedData {
        try texts(file, preparation, scores: false).data
    }

    /// The sources of a file, each with its targets.
    public func evaluationSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any EvaluationSet {
        GeneratedEvaluation(
            texts: try texts(file, preparation, scores: true), settings: settings.generated,
            tokenizer: try preparation.tokenizer.tokenizer(), promptName: "source")
    }

    /// The sources of a file, each with its targets.
    public func predictionSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any PredictionSet {
        try texts(file, preparation, scores: false).likelihoods
    }

    private func texts(
        _ file: DataFile, _ preparation: Preparation, scores: Bool
    ) throws(DataError) -> PromptedTexts {
        let records = try file.read(PromptExamples.self, for: Self.name)
        let tokenizer = try preparation.tokenizer.tokenizer()
        let layout = try layout(tokenizer, preparation)
        let targets = PromptTarget.all(of: records, tokenizer, prefix: settings.sourcePrefix)
        let features = try ExampleFeatures(targets, of: file, skipped: records.skipped) {
            (_, target) throws(DataError) in
            guard let ids = target.target else { throw target.isMissing("target") }
            return try layout.feature(source: target.text, target: ids, at: target.example.location)
        }
        return PromptedTexts(features, tokenizer, groups: scores && settings.generated.groupsReferences) { target in
            PromptedTexts.Prompt(
                text: settings.sourcePrefix + target.example.text, feature: layout.source(target.text).feature,
                row: target.row, references: target.reference.map { [$0] } ?? [])
        }
    }

    func layout(
        _ tokenizer: any Tokenizer, _ preparation: Preparation
    ) throws(DataError) -> SourceLayout {
        SourceLayout(
            tokenizer, decoderStart: try preparation.decoderStart(tokenizer),
            maxSourceLength: settings.maxSourceLength, maxTargetLength: settings.maxTargetLength)
    }
}

extension SequenceToSequence: GenerativeTask {
    /// The sources of a file.
    public func prompts(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedPrompts {
        let records = try file.read(PromptExamples.self, for: Self.name)
        let tokenizer = try preparation.tokenizer.tokenizer()
        let layout = try layout(tokenizer, preparation)
        let texts = records.examples.map { settings.sourcePrefix + $0.text }
        return try PreparedPrompts(
            texts, tokenizer, records.examples.map(\.location), skipped: records.skipped,
            tokenizer.encode(texts).map { layout.source($0.ids).feature })
    }
}

extension SequenceToSequence {
    /// How texts are cut, and how they are scored.
    public struct Settings: Config {
        /// The longest source in tokens, special tokens included.
        public var maxSourceLength = 1024
        /// The longest target in tokens, special tokens included.
        public var maxTargetLength = 128
        /// What is put in front of every source.
        public var sourcePrefix = ""
        /// Whether and how texts are generated.
        var generated = GeneratedSettings()

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] =
            [
                .integer(
                    "max_source_length", \.maxSourceLength, in: 2...(1 << 20),
                    "Longest source in tokens, special tokens included; a longer one loses its end."),
                .integer(
                    "max_target_length", \.maxTargetLength, in: 2...(1 << 20),
                    "Longest target in tokens, special tokens included; a longer one loses its end."),
                .text(
                    "source_prefix", \.sourcePrefix,
                    "Put in front of every source: 'summarize: ' for T5."),
            ] + Field<Self>.within(\.generated)
    }

    /// The measures that the settings ask for.
    public var metrics: [MetricEntry] { settings.generated.choice.chosen }
    /// Likelihoods, or generated texts.
    public var outcomes: any Outcomes.Type { settings.generated.choice.outcomes }
    /// Settings that are right alone and not together.
    public var contradictions: [Contradiction] { settings.generated.contradictions }
}
