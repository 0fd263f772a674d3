import NN

/// Language modelling: each token is predicted from those before it.
///
/// Documents are joined, with the tokenizer's special tokens around each or its end token between them, and cut into windows; of the tokens that a
/// window shares with the one before, none is predicted twice. Texts with targets and chats are a sequence each, of which the answers
/// are predicted. The head's output for a feature is `[labels, 1]`: the negative
/// log-likelihood of each token that has a label, in their order.
public struct CausalLanguage: TaskType {
    /// `CAUSAL_LM`
    public static let name = "CAUSAL_LM"
    /// What is learned.
    public static let help = "Language modelling: each token is predicted from those before it."
    /// Documents, texts with targets, or chats.
    public static let records: [any DataRecords.Type] = [Documents.self, PromptExamples.self, ChatExamples.self]
    /// Likelihoods, or generated texts.
    public static let outcomes: [any Outcomes.Type] = [LikelihoodOutcomes.self, GeneratedOutcomes.self]

    /// How texts are cut, what of them is learned, and how they are scored.
    public let settings: Settings

    /// The task with `settings`.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// The longest window.
    public var maxSequenceLength: Int { settings.maxSequenceLength }
    /// One.
    public var segments: Int { 1 }

    /// The windows of all documents, or a sequence for each text with a target or chat.
    public func trainingData(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedData {
        if let texts = try prompted(file, file.kind(among: Self.records), preparation, scores: false) {
            return texts.data
        }
        return try joined(file, preparation)
    }

    /// The windows of all documents, or a sequence for each text with a target or chat.
    public func evaluationSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any EvaluationSet {
        if let texts = try prompted(file, file.kind(among: Self.records), preparation, scores: true) {
            return GeneratedEvaluation(
                texts: texts, settings: settings.generated, tokenizer: try preparation.tokenizer.tokenizer(),
                promptName: "prompt")
        }
        let data = try joined(file, preparation)
        let predicted = LikelihoodPredictions(data: data, windowCounts: data.features.map { _ in 1 })
        return LikelihoodEvaluation(predicted: predicted, choice: settings.generated.choice)
    }

    /// The windows of each document by itself, or a sequence for each text with a target or chat.
    public func predictionSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any PredictionSet {
        if let texts = try prompted(file, file.promptKind(among: Self.records), preparation, scores: false) {
            return texts.likelihoods
        }
        let records = try file.read(Documents.self, for: Self.name)
        let tokenizer = try preparation.tokenizer.tokenizer()
        let windows = stream(records, tokenizer).map { cutter.windows(of: $0) }
        let data = PreparedData(
            features: Array(windows.joined()), exampleCount: records.count,
            vocabularyCount: tokenizer.vocabularyCount, skipped: records.skipped)
        return LikelihoodPredictions(data: data, windowCounts: windows.map(\.count))
    }

    /// The texts with targets or chats of a file; nil where it is to hold others.
    private func prompted(
        _ file: DataFile, _ kind: (any DataRecords.Type)?, _ preparation: Preparation, scores: Bool
    ) throws(DataError) -> PromptedTexts? {
        if kind == PromptExamples.self {
            return try prompted(
                try file.read(PromptExamples.self, for: Self.name), of: file, preparation, scores: scores)
        }
        if kind == ChatExamples.self {
            return try prompted(try file.read(ChatExamples.self, for: Self.name), of: file, preparation, scores: scores)
        }
        return nil
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
