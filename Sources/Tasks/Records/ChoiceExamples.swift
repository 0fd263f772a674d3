import YAML

/// Contexts with several continuations, one of which is right.
public struct ChoiceExamples: DataRecords {
    /// Contexts with choices.
    public static let kind = "contexts with choices"

    /// The examples, in the order of the file.
    public var examples: [ChoiceExample]

    /// These examples.
    public init(_ examples: [ChoiceExample]) {
        self.examples = examples
    }

    /// The first `count` examples.
    public func first(_ count: Int) -> ChoiceExamples { ChoiceExamples(Array(examples.prefix(max(0, count)))) }
}

/// One context with its choices.
public struct ChoiceExample: Hashable, Sendable {
    /// What the choices continue or answer.
    public var context: String
    /// The choices.
    public var choices: [String]
    /// The place of the right choice, where it is known.
    public var label: Int?
    /// Where it stands in the file.
    public var location: SourceLocation

    /// A context with its choices, which stands at `location`.
    public init(context: String, choices: [String], label: Int? = nil, at location: SourceLocation) {
        self.context = context
        self.choices = choices
        self.label = label
        self.location = location
    }
}
