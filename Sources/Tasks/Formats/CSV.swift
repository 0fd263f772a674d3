import Configuration

/// Tables with commas between fields, which may stand in quotes: RFC 4180.
public struct CSV: DataFormat {
    /// `csv`
    public static let name = "csv"
    /// What the format is.
    public static let help = "A table with commas between fields and names in the first row: one example per row."
    /// Texts, choices, documents or texts with targets.
    public static let records = Table.records

    /// The keys of the format.
    public struct Settings: Config {
        /// The layout.
        public var table = TableSettings(hasHeader: true, delimiter: ",", hasQuotes: true)
        /// The defaults.
        public init() {}
        /// The keys of a table.
        public static let fields = Field<Self>.within(\.table)
    }

    private let table: Table

    /// Tables laid out with `settings`.
    public init(_ settings: Settings) { table = Table(settings: settings.table) }

    /// Texts with targets where a key names what holds these.
    public func kind(among kinds: [any DataRecords.Type]) -> (any DataRecords.Type)? {
        table.kind(among: kinds) ?? Self.held(among: kinds)
    }

    /// The keys that have a meaning for examples of a kind.
    public func keys(for kind: any DataRecords.Type) -> [String] { Table.keys(for: kind) }

    /// What does not go together.
    public func contradictions(for kind: any DataRecords.Type) -> [Contradiction] { table.contradictions(for: kind) }

    /// Reads the table at `path`.
    public func read(
        _ path: String, as kind: any DataRecords.Type, _ faults: inout RowFaults
    ) throws(DataError) -> any DataRecords {
        try table.read(try TextFile(path), as: kind, &faults)
    }
}
