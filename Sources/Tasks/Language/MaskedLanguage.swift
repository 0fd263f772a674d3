import Configuration
import NN
import YAML

/// A cloze: the word that is missing from a text, as P-tuning asks `[P][P][P] {text} [P] [MASK] .`.
///
/// The template's words and virtual tokens stand around the texts, of which the longer one is cut first where there is no room.
/// The head's output for a feature is the logits of the masked token, `[1, vocabulary]`. With `mlm_probability` a model learns from whole
/// documents instead, as in pretraining: a share of all tokens is hidden, others in every pass. Liu et al., 2021,
/// <https://arxiv.org/abs/2103.10385>.
public struct MaskedLanguage: TaskType {
    /// `MASKED_LM`
    public static let name = "MASKED_LM"
    /// What is learned.
    public static let help =
        "A cloze: the word that is missing from a text, or the label that a word stands for; or tokens hidden in documents."
    /// Texts with labels, or documents.
    public static let records: [any DataRecords.Type] = [TextExamples.self, Documents.self]
    /// Words, the labels they stand for, or likelihoods of hidden tokens.
    public static let outcomes: [any Outcomes.Type] = [ChoiceOutcomes.self, LikelihoodOutcomes.self]

    /// The template and the words.
    public let settings: Settings

    /// The task with `settings`.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// The longest sequence, virtual tokens included.
    public var maxSequenceLength: Int { settings.maxSequenceLength }
    /// One.
    public var segments: Int { 1 }
    /// The virtual tokens of the template.
    public var virtualTokens: Int { (try? settings.cloze)?.virtualTokens ?? 0 }

    /// The texts of a file in the template, each with the word of its label; or windows of documents.
    public func trainingData(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedData {
        if let share = settings.hiddenShare { return try windows(file, preparation, share: share) }
        return try predictions(file, preparation, labelled: true).data
    }

    /// The texts of a file in the template, each with the word of its label; or windows of documents.
    public func evaluationSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any EvaluationSet {
        if let share = settings.hiddenShare {
            return MaskedEvaluation(
                data: try windows(file, preparation, share: share), choice: settings.choice)
        }
        return WordEvaluation(predicted: try predictions(file, preparation, labelled: true), choice: settings.choice)
    }

    /// The texts of a file in the template; what they are labelled with is the mask itself.
    public func predictionSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any PredictionSet {
        try predictions(file, preparation, labelled: false)
    }

    private func predictions(
        _ file: DataFile, _ preparation: Preparation, labelled: Bool
    ) throws(DataError) -> WordPredictions {
        let records = try file.read(TextExamples.self, for: Self.name)
        let tokenizer = try preparation.tokenizer.tokenizer()
        let words = try Verbalizer(settings.verbalizer, tokenizer)
        let layout = try ClozeLayout(try settings.cloze, tokenizer, maxLength: settings.maxSequenceLength)
        let first = tokenizer.encode(records.examples.map(\.text))
        let second = tokenizer.encode(records.examples.map { $0.pair ?? "" })
        let features = try ExampleFeatures(records.examples, of: file, skipped: records.skipped) {
            (place, example) throws(DataError) in
            let sequence = try layout.sequence(
                first[place].ids, example.pair == nil ? nil : second[place].ids, at: example.location)
            let target = labelled ? try words.target(of: example, tokenizer) : layout.mask
            let label = TokenLabel(position: Int32(sequence.mask), target: target)
            let feature = Feature(
                inputIDs: sequence.ids, tokenTypeIDs: [Int32](repeating: 0, count: sequence.ids.count),
                label: .tokens([label]))
            return (feature, sequence.isTruncated)
        }
        return WordPredictions(
            data: features.data(tokenizer, LabelSpace(names: words.labels)), words: words, tokenizer: tokenizer)
    }
}

extension MaskedLanguage {
    /// The template and the words.
    public struct Settings: Config {
        /// The longest sequence in tokens, special and virtual tokens included.
        public var maxSequenceLength = 128
        /// The text around the texts.
        public var template = "{text} [MASK]"
        /// What stands for a virtual token in the template.
        public var virtualToken = "[P]"
        /// The word of each label; the labels themselves where there is none.
        public var verbalizer = ValuesByName<String>()
        /// The share of tokens that is hidden in documents; nil for texts in a template.
        public var hiddenShare: Double?
        /// The measures; the usual one where none is named.
        public var metrics: [String] = []

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .integer(
                "max_seq_length", \.maxSequenceLength, in: 8...(1 << 20),
                "Longest sequence in tokens, those of the template included; a longer text is cut."),
            .text(
                "template", \.template,
                "The text with {text}, {text_pair}, one [MASK], and virtual tokens: '[P][P] {text} [P] [MASK] .'"),
            .text("virtual_token", \.virtualToken, "What stands for a virtual token in the template."),
            .textsByName(
                "verbalizer", \.verbalizer,
                "The word of each label, one token each; without any, a label is itself the missing word."),
            .number(
                "mlm_probability", \.hiddenShare, in: .between(0, 1),
                "Learn from plain documents: the share of their tokens that is hidden and guessed, 0.15 in BERT."),
            .texts("metrics", \.metrics, "Measures to compute, the one to select by first; the usual ones if empty."),
        ]

        /// The measures.
        var choice: MetricChoice {
            hiddenShare == nil
                ? MetricChoice(names: metrics, usual: ["accuracy"], outcomes: ChoiceOutcomes.self)
                : MetricChoice(names: metrics, usual: ["perplexity", "loss"], outcomes: LikelihoodOutcomes.self)
        }

        /// The template taken apart.
        var cloze: ClozeTemplate {
            get throws(DataError) { try ClozeTemplate(template, virtualToken: virtualToken) }
        }
    }

    /// The measures that the settings ask for.
    public var metrics: [MetricEntry] { settings.choice.chosen }
    /// Words, or the labels they stand for.
    public var outcomes: any Outcomes.Type {
        settings.hiddenShare == nil ? ChoiceOutcomes.self : LikelihoodOutcomes.self
    }

    /// A template asks of texts, hidden tokens of documents.
    public func contradictions(for kind: any DataRecords.Type) -> [Contradiction] {
        let isOfDocuments = kind == Documents.self
        guard isOfDocuments != (settings.hiddenShare != nil) else { return [] }
        return [
            Contradiction(
                key: "mlm_probability", with: "mlm_probability",
                message: isOfDocuments
                    ? "plain documents have no labels; give the share of their tokens to be hidden, such as 0.15"
                    : "tokens are hidden in plain documents only; give data.format: text, or leave it out")
        ]
    }

    /// Settings that are right alone and not together.
    public var contradictions: [Contradiction] {
        var found = settings.choice.contradictions(with: "metrics")
        do {
            _ = try settings.cloze
        } catch {
            found.append(Contradiction(key: "template", with: "virtual_token", message: error.message))
        }
        var words: [String: String] = [:]
        for pair in settings.verbalizer.pairs {
            if let other = words.updateValue(pair.name, forKey: pair.value) {
                found.append(
                    Contradiction(
                        key: "verbalizer", with: "verbalizer",
                        message: "'\(other)' and '\(pair.name)' have the same word '\(pair.value)'"))
            }
        }
        if settings.verbalizer.pairs.count == 1 {
            found.append(
                Contradiction(key: "verbalizer", with: "verbalizer", message: "one label is too few; give at least 2"))
        }
        return found
    }
}
