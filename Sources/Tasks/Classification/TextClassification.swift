import Configuration
import NN

/// Classification of texts, or of pairs of texts: one label of several, any of several, or a number.
///
/// The head's output for a feature is `[1, outputs]`: a logit for each label, or the number.
public struct TextClassification: TaskType {
    /// `SEQ_CLS`
    public static let name = "SEQ_CLS"
    /// What is learned.
    public static let help = "Classification of texts or pairs of texts: one label, several labels, or a number."
    /// Texts with labels.
    public static let records: [any DataRecords.Type] = [TextExamples.self]
    /// Classes, sets of labels, or numbers.
    public static let outcomes: [any Outcomes.Type] = [ClassOutcomes.self, FlagOutcomes.self, ValueOutcomes.self]

    /// What is predicted, and how texts are cut.
    public let settings: Settings

    /// The task with `settings`.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// The longest sequence.
    public var maxSequenceLength: Int { settings.maxSequenceLength }
    /// The texts of a pair, where they are told apart.
    public var segments: Int { settings.marksSegments ? 2 : 1 }
    /// The first token, or the first position.
    public var classifierPosition: ClassifierPosition { settings.classifierPosition }

    /// The texts of a file, with the labels that the manifest names or the file has.
    public func trainingData(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedData {
        let records = try file.read(TextExamples.self, for: Self.name)
        let labels = try settings.reader.space(of: records)
        return try predictions(records, of: file, labels, preparation, labelled: true).data
    }

    /// The texts of a file, whose labels must be among `labels`.
    public func evaluationSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any EvaluationSet {
        let positive = try positiveClass(among: labels)
        let records = try file.read(TextExamples.self, for: Self.name)
        return TextEvaluation(
            predicted: try predictions(records, of: file, labels, preparation, labelled: true),
            choice: settings.choice, positiveClass: positive)
    }

    /// The texts of a file.
    public func predictionSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any PredictionSet {
        let records = try file.read(TextExamples.self, for: Self.name)
        return try predictions(records, of: file, labels, preparation, labelled: false)
    }

    private func predictions(
        _ records: TextExamples, of file: DataFile, _ labels: LabelSpace, _ preparation: Preparation, labelled: Bool
    ) throws(DataError) -> TextPredictions {
        let tokenizer = try preparation.tokenizer.tokenizer()
        let layout = SequenceLayout(
            tokenizer, maxLength: settings.maxSequenceLength, marksSegments: settings.marksSegments)
        let first = tokenizer.encode(records.examples.map(\.text))
        let second = tokenizer.encode(records.examples.map { $0.pair ?? "" })
        let (reader, index) = (settings.reader, LabelIndex(labels.names))
        let features = try ExampleFeatures(records.examples, of: file, skipped: records.skipped) {
            (place, example) throws(DataError) in
            let sequence = layout.sequence(first[place].ids, example.pair == nil ? nil : second[place].ids)
            let label = labelled ? try reader.label(of: example, in: index) : nil
            return try sequence.feature(label: label, of: "the text", at: example.location)
        }
        return TextPredictions(data: features.data(tokenizer, labels))
    }

    /// The index of the class that binary measures are about.
    private func positiveClass(among labels: LabelSpace) throws(DataError) -> Int {
        if let mistake = settings.positiveMistake(among: labels.names) {
            throw DataError(mistake, key: "task.pos_label")
        }
        return settings.positiveLabel.flatMap { LabelIndex(labels.names)[$0] } ?? 1
    }
}
