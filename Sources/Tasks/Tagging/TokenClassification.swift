import Configuration
import NN

/// Tagging of words: named entities, parts of speech.
///
/// The first piece of a word has the word's tag, the others have none. The head's output for a feature is
/// `[tokens, outputs]`: a logit for each tag.
public struct TokenClassification: TaskType {
    /// `TOKEN_CLS`
    public static let name = "TOKEN_CLS"
    /// What is learned.
    public static let help = "Tagging of words: named entities, parts of speech."
    /// Sentences of words with tags.
    public static let records: [any DataRecords.Type] = [WordExamples.self]
    /// Tags of words.
    public static let outcomes: [any Outcomes.Type] = [TagOutcomes.self]

    /// The tags, and how sentences are cut.
    public let settings: Settings

    /// The task with `settings`.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// The longest sentence.
    public var maxSequenceLength: Int { settings.maxSequenceLength }
    /// One.
    public var segments: Int { 1 }

    /// The sentences of a file, with the tags that the manifest names or the file has.
    public func trainingData(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedData {
        let records = try file.read(WordExamples.self, for: Self.name)
        let found = records.examples.lazy.compactMap(\.tags).joined()
        let labels = try settings.names.space(.classes, found: found, atLeast: 2)
        return try predictions(records, of: file, labels, preparation, for: .training).data
    }

    /// The sentences of a file, whose tags must be among `labels`.
    public func evaluationSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any EvaluationSet {
        let records = try file.read(WordExamples.self, for: Self.name)
        return TagEvaluation(
            predicted: try predictions(records, of: file, labels, preparation, for: .evaluation),
            choice: settings.choice, scheme: settings.scheme)
    }

    /// The sentences of a file.
    public func predictionSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any PredictionSet {
        let records = try file.read(WordExamples.self, for: Self.name)
        return try predictions(records, of: file, labels, preparation, for: .prediction)
    }

    /// What sentences are read for.
    private enum Purpose { case training, evaluation, prediction }

    private func predictions(
        _ records: WordExamples, of file: DataFile, _ labels: LabelSpace, _ preparation: Preparation,
        for purpose: Purpose
    ) throws(DataError) -> TagPredictions {
        let tokenizer = try preparation.tokenizer.tokenizer()
        let layout = SequenceLayout(tokenizer, maxLength: settings.maxSequenceLength)
        let index = LabelIndex(labels.names)
        var places: [[Int?]] = []
        let features = try ExampleFeatures(records.examples, of: file, skipped: records.skipped) {
            (_, example) throws(DataError) in
            let sentence = WordPieces(tokenizer.encodeWords(example.words), layout)
            let tags = purpose == .prediction ? nil : try tokenTags(of: example, sentence, index)
            if purpose == .training, tags?.isEmpty == true {
                throw DataError("the sentence has no word that the tokenizer knows a piece of", at: example.location)
            }
            let made = try sentence.sequence.feature(
                label: tags.map(Label.tokens), of: "the sentence", at: example.location)
            places.append(sentence.firstPieces)
            return made
        }
        return TagPredictions(data: features.data(tokenizer, labels), examples: features.examples, places: places)
    }

    /// The tags of first pieces; those of words that were cut off must be known too.
    private func tokenTags(
        of example: WordExample, _ sentence: WordPieces, _ index: LabelIndex
    ) throws(DataError) -> [TokenLabel] {
        guard let names = example.tags else { throw DataError("the sentence has no tags", at: example.location) }
        var tags: [TokenLabel] = []
        for (name, place) in zip(names, sentence.firstPieces) {
            let tag = try index.index(of: name, from: settings.names.origin, at: example.location)
            if let place { tags.append(TokenLabel(position: Int32(place), target: Int32(tag))) }
        }
        return tags
    }
}
