import Configuration
import YAML

/// Text without any layout; every line end is read as `\n`.
public struct PlainText: DataFormat {
    /// `text`
    public static let name = "text"
    /// What the format is.
    public static let help = "Plain text: one document, or one per line or paragraph."
    /// Documents.
    public static let records: [any DataRecords.Type] = [Documents.self]

    /// What a document is.
    public enum Unit: String, CaseIterable, Sendable {
        /// The whole file.
        case file
        /// Each line with something on it.
        case lines
        /// Lines between blank ones.
        case paragraphs
    }

    /// The keys of the format.
    public struct Settings: Config {
        /// What a document is.
        public var unit = Unit.file
        /// The defaults.
        public init() {}
        /// The keys.
        public static let fields: [Field<Self>] = [
            .choice(
                "documents", \.unit,
                "What a document is: the file, each line that is not blank, or lines between blank ones.")
        ]
    }

    private let settings: Settings

    /// Texts in which documents are what `settings` say.
    public init(_ settings: Settings) { self.settings = settings }

    /// Reads the text at `path`.
    public func read(
        _ path: String, as kind: any DataRecords.Type, _ faults: inout RowFaults
    ) throws(DataError) -> any DataRecords {
        let file = try TextFile(path)
        var documents: [Document] = []
        var open = OpenDocument()
        for line in file.lines {
            do throws(DataError) {
                try file.check(line)
            } catch {
                try faults.note(error)
                continue
            }
            if settings.unit != .file, file.isBlank(line.range) {
                open.close(into: &documents)
                continue
            }
            open.append(line, of: file)
            if settings.unit == .lines { open.close(into: &documents) }
        }
        if settings.unit == .file, file.bytes.last == UInt8(ascii: "\n") || file.bytes.last == UInt8(ascii: "\r") {
            open.text += "\n"
        }
        open.close(into: &documents)
        return Documents(documents)
    }
}

/// A document of which some lines were read.
private struct OpenDocument {
    var text = ""
    private var start: SourceLocation?

    mutating func append(_ line: TextFile.Line, of file: TextFile) {
        if start == nil { start = file.location(of: line) } else { text += "\n" }
        text += file.text(line.range)
    }

    mutating func close(into documents: inout [Document]) {
        if let start { documents.append(Document(text: text, at: start)) }
        self = OpenDocument()
    }
}
