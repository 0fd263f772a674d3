import YAML

/// Contexts with several continuations, one of which is right.
public struct ChoiceExamples: ExampleList {
    /// Contexts with choices.
    public static let kind = "contexts with choices"

    /// The examples, in the order of the file.
    public var examples: [ChoiceExample]
    /// What of the file is not among them.
    public var skipped = SkippedRows()

    /// These examples.
    public init(_ examples: [ChoiceExample]) {
        self.examples = examples
    }
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
    /// Where its label stands.
    public var labelLocation: SourceLocation

    /// A context with its choices, which stands at `location`, and its label there too unless it has a place of its own.
    public init(
        context: String, choices: [String], label: Int? = nil, at location: SourceLocation,
        labelAt labelLocation: SourceLocation? = nil
    ) {
        self.context = context
        self.choices = choices
        self.label = label
        self.location = location
        self.labelLocation = labelLocation ?? location
    }
}

extension ChoiceExample {
    /// A context with its choices, and the label as it is written: a number that counts them from 0, or nothing.
    init(
        context: String, choices: [String], writtenLabel: String?, at location: SourceLocation,
        labelAt labelLocation: SourceLocation? = nil
    ) throws(DataError) {
        guard choices.count >= 2 else {
            throw DataError("there must be two choices at least, not \(choices.count)", at: location)
        }
        self.init(context: context, choices: choices, at: location, labelAt: labelLocation)
        guard let writtenLabel, !writtenLabel.isEmpty else { return }
        guard let label = Int(writtenLabel), choices.indices.contains(label) else {
            throw DataError(
                "the label '\(writtenLabel)' is none of the \(choices.count) choices, which it counts from 0",
                at: self.labelLocation)
        }
        self.label = label
    }
}
