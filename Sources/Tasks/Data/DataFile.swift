import Configuration

/// A file of examples, and how many of them are wanted.
public struct DataFile: Sendable {
    /// The file.
    public var path: String
    /// Its layout.
    public var format: Tagged<FormatEntry>
    /// Only the first so many examples; all where there is no limit.
    public var limit: Int?

    /// The first `limit` examples of the file at `path`.
    public init(path: String, format: Tagged<FormatEntry>, limit: Int? = nil) {
        self.path = path
        self.format = format
        self.limit = limit
    }

    /// The same, in the format's default layout.
    public init(path: String, format: FormatEntry, limit: Int? = nil) {
        self.init(path: path, format: Tagged(format), limit: limit)
    }

    /// What beside the file's bytes and the limit decides its examples: a part of the key where they are cached.
    public var layout: String { format.entry.identity(format.settings) }

    /// Which of the kinds of examples that a task learns from, the usual one first, is to be read.
    func kind(among kinds: [any DataRecords.Type]) -> (any DataRecords.Type)? {
        format.entry.kind(format.settings, kinds)
    }

    /// The same where a trained model is asked: of inputs to a prediction, their first line tells.
    func promptKind(among kinds: [any DataRecords.Type]) throws(DataError) -> (any DataRecords.Type)? {
        guard format.name == PredictionInputs.name else { return kind(among: kinds) }
        return try PredictionInputs.kind(of: path, among: kinds)
    }

    /// The examples, which must be of the kind that `task` learns from; there is one at least.
    ///
    /// What was left out stands in their `skipped`, and belongs into the `PreparedData` that is made of them.
    public func read<Records: DataRecords>(_: Records.Type, for task: String) throws(DataError) -> Records {
        guard format.entry.records.contains(where: { $0 == Records.self }),
            let records = try format.entry.read(path, format.settings, as: Records.self) as? Records
        else {
            throw DataError(
                """
                task type \(task) needs \(Records.kind), but files of the format '\(format.name)' hold \
                \(format.entry.recordKinds); choose another data.format
                """)
        }
        return limit.map(records.first) ?? records
    }
}
