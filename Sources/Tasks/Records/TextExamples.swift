import YAML

/// Texts, or pairs of texts, with what is said of them.
public struct TextExamples: ExampleList {
    /// Texts with labels.
    public static let kind = "texts with labels"

    /// The examples, in the order of the file.
    public var examples: [TextExample]
    /// What of the file is not among them.
    public var skipped = SkippedRows()

    /// These examples.
    public init(_ examples: [TextExample]) {
        self.examples = examples
    }
}

/// One text, or a pair of texts, with what is said of it.
public struct TextExample: Hashable, Sendable {
    /// The text.
    public var text: String
    /// The second text of a pair.
    public var pair: String?
    /// What is said of it, where that is known.
    public var label: RawLabel?
    /// Where it stands in the file.
    public var location: SourceLocation
    /// Where its label stands.
    public var labelLocation: SourceLocation

    /// A text, or a pair of texts, that stands at `location`, and its label there too unless it has a place of its own.
    public init(
        text: String, pair: String? = nil, label: RawLabel? = nil, at location: SourceLocation,
        labelAt labelLocation: SourceLocation? = nil
    ) {
        self.text = text
        self.pair = pair
        self.label = label
        self.location = location
        self.labelLocation = labelLocation ?? location
    }
}

/// A label as it is written; a number is its text.
public enum RawLabel: Hashable, Sendable {
    /// A class or a number.
    case one(String)
    /// The classes that apply.
    case several([String])
}
