import YAML

/// Texts that are read from their beginning to their end.
public struct Documents: DataRecords {
    /// Texts without labels.
    public static let kind = "documents"

    /// The documents, in the order of the file.
    public var documents: [Document]
    /// What of the file is not among them.
    public var skipped = SkippedRows()

    /// These documents.
    public init(_ documents: [Document]) {
        self.documents = documents
    }

    /// The number of documents.
    public var count: Int { documents.count }

    /// The first `count` documents.
    public func first(_ count: Int) -> Self {
        var first = self
        first.documents = Array(documents.prefix(max(0, count)))
        return first
    }
}

/// One document.
public struct Document: Hashable, Sendable {
    /// The whole text.
    public var text: String
    /// Where it begins in the file.
    public var location: SourceLocation

    /// A text that begins at `location`.
    public init(text: String, at location: SourceLocation) {
        self.text = text
        self.location = location
    }
}
