import Configuration
import NN

/// What is learned from data and how it is scored.
///
/// The head of a task has the task's name. What it gives for one feature is the output that predictions and scores are made of.
public protocol TaskType: Sendable, SendableMetatype {
    /// The keys beside `task_type`.
    associatedtype Settings: Config
    /// The `task_type` by which a manifest asks for it; PEFT's names.
    static var name: String { get }
    /// What is learned, in one sentence.
    static var help: String { get }
    /// What a data file must hold: any of these, the first unless the data's keys ask for another.
    static var records: [any DataRecords.Type] { get }
    /// What it may predict, under any settings.
    static var outcomes: [any Outcomes.Type] { get }

    /// The task with these settings.
    init(_ settings: Settings)

    /// The measures that every evaluation gives; the first one tells which model is best.
    var metrics: [MetricEntry] { get }
    /// What it predicts, and so which measures could be asked for.
    var outcomes: any Outcomes.Type { get }
    /// The most tokens that a sequence may have, virtual ones that the task places included.
    var maxSequenceLength: Int { get }
    /// How many segments the tokens of a sequence may be in.
    var segments: Int { get }
    /// What of a sequence a classifier on an encoder reads.
    var classifierPosition: ClassifierPosition { get }
    /// How many virtual tokens it places among the words of each sequence.
    var virtualTokens: Int { get }
    /// Settings that are right alone and not together.
    var contradictions: [Contradiction] { get }

    /// Settings that examples of a kind, one of `records`, do not go with.
    func contradictions(for kind: any DataRecords.Type) -> [Contradiction]

    /// What a model learns from the examples of `file`, with the labels that it can learn.
    func trainingData(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedData

    /// What a model is scored by: the examples of `file`.
    ///
    /// - Parameter labels: those of the training data; any other label is an error.
    func evaluationSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any EvaluationSet

    /// Examples of `file` that a model is asked about; labels among them are not looked at.
    ///
    /// - Parameter labels: those that the model has learned.
    func predictionSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any PredictionSet
}

extension TaskType {
    /// None, unless the task says otherwise.
    public var virtualTokens: Int { 0 }
    /// The first token, unless the task says otherwise.
    public var classifierPosition: ClassifierPosition { .firstToken }

    /// All settings go with all kinds, unless the task says otherwise.
    public func contradictions(for kind: any DataRecords.Type) -> [Contradiction] { [] }
}

/// One task that a manifest can name.
public struct TaskEntry: RegistryEntry {
    /// The `task_type`.
    public let name: String
    /// What is learned.
    public let help: String
    /// The keys beside `task_type`.
    public let section: SectionDescription
    /// What a data file must hold: any of these, the first unless the data's keys ask for another.
    public let records: [any DataRecords.Type]
    /// What it may predict, under any settings.
    public let outcomes: [any Outcomes.Type]
    /// The task with the settings that were read for it.
    public let make: @Sendable (any Config) -> any TaskType

    /// The entry of a task's type.
    public init<Type: TaskType>(_: Type.Type) {
        name = Type.name
        help = Type.help
        section = SectionDescription(Type.Settings.self)
        records = Type.records
        outcomes = Type.outcomes
        make = { Type(Type.Settings.unwrapping($0)) }
    }

    /// The most tokens that a sequence may have with `settings`, which are of the entry's section.
    public func maxSequenceLength(_ settings: any Config) -> Int { make(settings).maxSequenceLength }

    /// How many segments the tokens of a sequence may be in with `settings`.
    public func segments(_ settings: any Config) -> Int { make(settings).segments }

    /// How many virtual tokens the task places in each sequence with `settings`.
    public func virtualTokens(_ settings: any Config) -> Int { make(settings).virtualTokens }

    /// What in `settings` is right alone and not together.
    public func contradictions(_ settings: any Config) -> [Contradiction] { make(settings).contradictions }

    /// What in `settings` examples of a kind do not go with.
    public func contradictions(_ settings: any Config, for kind: any DataRecords.Type) -> [Contradiction] {
        make(settings).contradictions(for: kind)
    }

    /// What a data file must hold, in words.
    public var recordKinds: String { records.map { $0.kind }.joined(separator: " or ") }

    /// The measures that every evaluation gives with `settings`; the first one tells which model is best.
    public func metrics(_ settings: any Config) -> [String] { make(settings).metrics.map(\.name) }

    /// The measures that could be asked for with `settings`.
    public func possibleMetrics(_ settings: any Config) -> [String] {
        let outcomes = make(settings).outcomes
        return Tasks.metrics.filter { $0.outcomes == outcomes }.map(\.name)
    }
}
