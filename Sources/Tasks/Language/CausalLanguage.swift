import Configuration
import NN

/// Language modelling: each token is predicted from those before it.
///
/// Documents are joined, with the tokenizer's special tokens around each or its end token between them, and cut into windows; of the tokens that a
/// window shares with the one before, none is predicted twice. The head's output for a feature is `[labels, 1]`: the negative
/// log-likelihood of each token that has a label, in their order.
public struct CausalLanguage: TaskType {
    /// `CAUSAL_LM`
    public static let name = "CAUSAL_LM"
    /// What is learned.
    public static let help = "Language modelling: each token is predicted from those before it."
    /// Documents.
    public static let records: any DataRecords.Type = Documents.self
    /// Likelihoods.
    public static let outcomes: [any Outcomes.Type] = [LikelihoodOutcomes.self]

    /// How documents are cut.
    public let settings: Settings

    /// The task with `settings`.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// The longest window.
    public var maxSequenceLength: Int { settings.maxSequenceLength }
    /// One.
    public var segments: Int { 1 }

    /// The windows of all documents.
    public func trainingData(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedData {
        try joined(file, preparation)
    }

    /// The windows of all documents.
    public func evaluationSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any EvaluationSet {
        let data = try joined(file, preparation)
        let predicted = LikelihoodPredictions(data: data, windowCounts: data.features.map { _ in 1 })
        return LikelihoodEvaluation(predicted: predicted, choice: settings.choice)
    }

    /// The windows of each document by itself.
    public func predictionSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any PredictionSet {
        let records = try file.read(Documents.self, for: Self.name)
        let tokenizer = try preparation.tokenizer.tokenizer()
        let windows = stream(records, tokenizer).map { cutter.windows(of: $0) }
        let data = PreparedData(
            features: Array(windows.joined()), exampleCount: records.count,
            vocabularyCount: tokenizer.vocabularyCount, skipped: records.skipped)
        return LikelihoodPredictions(data: data, windowCounts: windows.map(\.count))
    }

    private var cutter: TextWindows { TextWindows(length: settings.maxSequenceLength, stride: settings.stride) }

    private func joined(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedData {
        let records = try file.read(Documents.self, for: Self.name)
        let tokenizer = try preparation.tokenizer.tokenizer()
        // A layout that ends every text leaves nothing to be put between them.
        let end = tokenizer.singleLayout.end.isEmpty ? tokenizer.endID.map { [$0] } ?? [] : []
        let features = cutter.windows(of: Array(stream(records, tokenizer).joined(separator: end)))
        if features.isEmpty {
            throw DataError("'\(file.path)' holds too little text: there is no token to be predicted")
        }
        return PreparedData(
            features: features, exampleCount: records.count, vocabularyCount: tokenizer.vocabularyCount,
            skipped: records.skipped)
    }

    /// The tokens of each document, with the special tokens that the tokenizer puts around a text.
    private func stream(_ records: Documents, _ tokenizer: any Tokenizer) -> [[Int32]] {
        let layout = tokenizer.singleLayout
        return tokenizer.encode(records.documents.map(\.text)).map { layout.start + $0.ids + layout.end }
    }
}

extension CausalLanguage {
    /// How documents are cut.
    public struct Settings: Config {
        /// The longest window in tokens.
        public var maxSequenceLength = 1024
        /// The tokens that neighbouring windows share.
        public var stride = 0
        /// The measures; the usual ones where none is named.
        public var metrics: [String] = []

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .integer(
                "max_seq_length", \.maxSequenceLength, in: 8...(1 << 20),
                "Tokens of a window; documents are joined and cut into such windows."),
            .integer(
                "doc_stride", \.stride, in: 0...(1 << 20),
                "Tokens that neighbouring windows share: seen twice, predicted once. Without any, the first of each window is not predicted."
            ),
            .texts("metrics", \.metrics, "Measures to compute, the one to select by first; the usual ones if empty."),
        ]

        /// The measures.
        var choice: MetricChoice {
            MetricChoice(names: metrics, usual: ["perplexity", "loss"], outcomes: LikelihoodOutcomes.self)
        }
    }

    /// The measures that the settings ask for.
    public var metrics: [MetricEntry] { settings.choice.chosen }
    /// Likelihoods.
    public var outcomes: any Outcomes.Type { LikelihoodOutcomes.self }

    /// Settings that are right alone and not together.
    public var contradictions: [Contradiction] {
        var found = settings.choice.contradictions(with: "metrics")
        if settings.stride >= settings.maxSequenceLength {
            found.append(
                Contradiction(
                    key: "doc_stride", with: "max_seq_length",
                    message: "\(settings.stride) is not less than max_seq_length \(settings.maxSequenceLength)"))
        }
        return found
    }
}
