import Configuration

/// What is learned from data and how it is scored.
public protocol TaskType: Sendable, SendableMetatype {
    /// The keys beside `task_type`.
    associatedtype Settings: Config
    /// The `task_type` by which a manifest asks for it; PEFT's names.
    static var name: String { get }
    /// What is learned, in one sentence.
    static var help: String { get }
    /// What a data file must hold.
    static var records: any DataRecords.Type { get }
    /// The measures that every evaluation gives; the first one tells which model is best.
    static var metrics: [String] { get }

    /// The task with these settings.
    init(_ settings: Settings)

    /// The most tokens that a sequence may have.
    var maxSequenceLength: Int { get }
    /// How many segments the tokens of a sequence may be in.
    var segments: Int { get }
    /// Settings that are right alone and not together.
    var contradictions: [Contradiction] { get }

    /// What a model learns from the examples of `file`.
    func trainingData(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedData

    /// What a model is scored by: the examples of `file`.
    func evaluationSet(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> any EvaluationSet
}

/// One task that a manifest can name.
public struct TaskEntry: RegistryEntry {
    /// The `task_type`.
    public let name: String
    /// What is learned.
    public let help: String
    /// The keys beside `task_type`.
    public let section: SectionDescription
    /// What a data file must hold.
    public let records: any DataRecords.Type
    /// The measures that every evaluation gives; the first one tells which model is best.
    public let metrics: [String]
    /// The task with the settings that were read for it.
    public let make: @Sendable (any Config) -> any TaskType

    /// The entry of a task's type.
    public init<Type: TaskType>(_: Type.Type) {
        name = Type.name
        help = Type.help
        section = SectionDescription(Type.Settings.self)
        records = Type.records
        metrics = Type.metrics
        make = { Type(Type.Settings.unwrapping($0)) }
    }

    /// The most tokens that a sequence may have with `settings`, which are of the entry's section.
    public func maxSequenceLength(_ settings: any Config) -> Int { make(settings).maxSequenceLength }

    /// How many segments the tokens of a sequence may be in with `settings`.
    public func segments(_ settings: any Config) -> Int { make(settings).segments }

    /// What in `settings` is right alone and not together.
    public func contradictions(_ settings: any Config) -> [Contradiction] { make(settings).contradictions }
}
