import YAML

/// Texts with what is to be written for them.
public struct PromptExamples: ExampleList {
    /// Texts with targets.
    public static let kind = "texts with targets"

    /// The examples, in the order of the file.
    public var examples: [PromptExample]
    /// What of the file is not among them.
    public var skipped = SkippedRows()

    /// These examples.
    public init(_ examples: [PromptExample]) {
        self.examples = examples
    }
}

/// A text with what is to be written for it: a prompt and its completion, a source and its translation.
public struct PromptExample: Hashable, Sendable {
    /// The text.
    public var text: String
    /// What is to be written; any of several, none where it is not known.
    public var targets: [String]
    /// Where it stands in the file.
    public var location: SourceLocation

    /// A text with its targets, which stands at `location`.
    public init(text: String, targets: [String], at location: SourceLocation) {
        self.text = text
        self.targets = targets
        self.location = location
    }
}
