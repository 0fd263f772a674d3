import YAML

/// Sentences of words with tags.
public struct WordExamples: ExampleList {
    /// Sentences of words with tags.
    public static let kind = "sentences of words with tags"

    /// The examples, in the order of the file.
    public var examples: [WordExample]
    /// What of the file is not among them.
    public var skipped = SkippedRows()

    /// These examples.
    public init(_ examples: [WordExample]) {
        self.examples = examples
    }
}

/// One sentence.
public struct WordExample: Hashable, Sendable {
    /// Its words.
    public var words: [String]
    /// The tag of each word, where they are known.
    public var tags: [String]?
    /// Where it begins in the file.
    public var location: SourceLocation

    /// A sentence that begins at `location`; there are as many tags as words.
    public init(words: [String], tags: [String]? = nil, at location: SourceLocation) {
        precondition(tags.map { $0.count == words.count } ?? true, "WordExample: \(words.count) words, other tags")
        self.words = words
        self.tags = tags
        self.location = location
    }
}
