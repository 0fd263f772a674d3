import Configuration

/// A layout of data files.
public protocol DataFormat: Sendable, SendableMetatype {
    /// The keys that only this format has.
    associatedtype Settings: Config
    /// The name by which a manifest asks for it.
    static var name: String { get }
    /// What it is, in one sentence.
    static var help: String { get }
    /// The kinds of examples that its files may hold.
    static var records: [any DataRecords.Type] { get }

    /// Files laid out with these settings.
    init(_ settings: Settings)

    /// Which of `kinds`, of which the usual one is the first, the settings ask for; nil where files hold none of them.
    func kind(among kinds: [any DataRecords.Type]) -> (any DataRecords.Type)?

    /// The keys that have a meaning for examples of a kind.
    func keys(for kind: any DataRecords.Type) -> [String]

    /// Settings that are right alone and not together, or that examples of a kind do not go with.
    func contradictions(for kind: any DataRecords.Type) -> [Contradiction]

    /// Reads the whole file at `path`.
    ///
    /// - Parameters:
    ///   - kind: what is wanted, one of `records`.
    ///   - faults: told of every row that cannot be read, each of which is left out unless that throws.
    func read(
        _ path: String, as kind: any DataRecords.Type, _ faults: inout RowFaults
    ) throws(DataError) -> any DataRecords
}

extension DataFormat {
    /// The first that files may hold, unless the format has keys that ask for another.
    public func kind(among kinds: [any DataRecords.Type]) -> (any DataRecords.Type)? { Self.held(among: kinds) }

    /// The first of `kinds` that files may hold.
    static func held(among kinds: [any DataRecords.Type]) -> (any DataRecords.Type)? {
        kinds.first { kind in records.contains { $0 == kind } }
    }

    /// Every key has a meaning, unless the format says otherwise.
    public func keys(for kind: any DataRecords.Type) -> [String] { Settings.keys.map(\.key) }

    /// All settings go together, unless the format says otherwise.
    public func contradictions(for kind: any DataRecords.Type) -> [Contradiction] { [] }
}

/// One format that a manifest can name.
public struct FormatEntry: RegistryEntry {
    /// Its name.
    public let name: String
    /// What it is.
    public let help: String
    /// The keys beside `format`: those of every format, and its own.
    public let section: SectionDescription
    /// The kinds of examples that its files may hold.
    public let records: [any DataRecords.Type]
    /// What the section says of the files.
    public let files: @Sendable (any Config) -> DataFiles
    /// Which of some kinds of examples, the usual one first, the section asks for; nil where files hold none of them.
    public let kind: @Sendable (any Config, [any DataRecords.Type]) -> (any DataRecords.Type)?
    /// What in the section does not go together, or not with examples of a kind.
    public let contradictions: @Sendable (any Config, any DataRecords.Type) -> [Contradiction]
    /// Name and settings, without the files: two equal ones read the same from the same bytes.
    let identity: @Sendable (any Config) -> String
    private let parse:
        @Sendable (String, any Config, any DataRecords.Type, inout RowFaults) throws(DataError) -> any DataRecords

    /// The entry of a format type.
    public init<Format: DataFormat>(_: Format.Type) {
        typealias Section = FormatSettings<Format.Settings>
        name = Format.name
        help = Format.help
        section = SectionDescription(Section.self)
        records = Format.records
        files = { Section.unwrapping($0).files }
        kind = { settings, kinds in Format(Section.unwrapping(settings).own).kind(among: kinds) }
        contradictions = { settings, kind in
            let own = Section.unwrapping(settings).own
            let format = Format(own)
            return own.withoutMeaning(used: format.keys(for: kind), kind.kind) + format.contradictions(for: kind)
        }
        identity = { settings in
            let section = Section.unwrapping(settings)
            let own = Format.Settings.fields.isEmpty ? "" : "\n\(section.own.node().yamlText)"
            return Format.name + own + (section.files.onError == .stop ? "" : "\n\(section.files.onError.rawValue)")
        }
        parse = { path, settings, kind, faults throws(DataError) in
            try Format(Section.unwrapping(settings).own).read(path, as: kind, &faults)
        }
    }

    /// The kinds of examples in words.
    public var recordKinds: String { records.map { $0.kind }.joined(separator: " or ") }

    /// The examples of the file at `path`, of which there is one at least.
    func read(
        _ path: String, _ settings: any Config, as kind: any DataRecords.Type
    ) throws(DataError) -> any DataRecords {
        var faults = RowFaults(files(settings).onError)
        var records = try parse(path, settings, kind, &faults)
        if records.count == 0 {
            throw faults.skipped.first.first.map { first in
                DataError("no row of '\(path)' can be read; the first: \(first.message)", at: first.location)
            } ?? DataError("'\(path)' holds no example")
        }
        records.skipped = faults.skipped
        return records
    }
}

extension Config {
    /// A contradiction for each key that is not `used` and has not its default; `kind` says what is to be read.
    fileprivate func withoutMeaning(used: [String], _ kind: String) -> [Contradiction] {
        let (written, defaults) = (node(), Self().node())
        return Self.keys.map(\.key).filter { !used.contains($0) && written[$0] != defaults[$0] }.map {
            Contradiction(
                key: $0, with: "format", message: "it has no meaning where the task needs \(kind); leave it out")
        }
    }
}
