/// What is learned from data and how it is scored.
public protocol TaskType: Sendable, SendableMetatype {
    /// The `task_type` by which a manifest asks for it; PEFT's names.
    static var name: String { get }
    /// What is learned, in one sentence.
    static var help: String { get }
    /// What a data file must hold.
    static var records: any DataRecords.Type { get }

    /// What a model learns from the examples of `file`.
    func trainingData(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedData

    /// What a model is scored by: the examples of `file`.
    func evaluationSet(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> any EvaluationSet
}
