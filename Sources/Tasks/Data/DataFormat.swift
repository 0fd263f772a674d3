/// A layout of data files.
public protocol DataFormat: SendableMetatype {
    /// What a file of the format holds.
    associatedtype Records: DataRecords
    /// The name by which a manifest asks for it.
    static var name: String { get }
    /// What it is, in one sentence.
    static var help: String { get }

    /// Reads the whole file at `path`.
    static func read(_ path: String) throws(DataError) -> Records
}

/// The examples of one file, of a kind that some tasks can learn from.
public protocol DataRecords: Sendable {
    /// What the examples are, in the plural.
    static var kind: String { get }

    /// The first `count` examples, or all where there are fewer.
    func first(_ count: Int) -> Self
}

/// One format that a manifest can name.
public struct FormatEntry: Sendable {
    /// Its name.
    public let name: String
    /// What it is.
    public let help: String
    /// What a file of the format holds.
    public let records: any DataRecords.Type
    /// Reads the whole file at a path.
    let read: @Sendable (String) throws(DataError) -> any DataRecords

    /// The entry of a format type.
    public init<Format: DataFormat>(_: Format.Type) {
        name = Format.name
        help = Format.help
        records = Format.Records.self
        read = { path throws(DataError) in try Format.read(path) }
    }
}

/// A file of examples, and how many of them are wanted.
public struct DataFile: Sendable {
    /// The file.
    public var path: String
    /// Its layout.
    public var format: FormatEntry
    /// Only the first so many examples; all where there is no limit.
    public var limit: Int?

    /// The first `limit` examples of the file at `path`.
    public init(path: String, format: FormatEntry, limit: Int? = nil) {
        self.path = path
        self.format = format
        self.limit = limit
    }

    /// The examples, which must be of the kind that `task` learns from.
    func read<Records: DataRecords>(_: Records.Type, for task: String) throws(DataError) -> Records {
        guard let records = try format.read(path) as? Records else {
            throw DataError(
                """
                task type \(task) needs \(Records.kind), but files of the format '\(format.name)' hold \
                \(format.records.kind); choose another data.format
                """)
        }
        return limit.map(records.first) ?? records
    }
}
