import NN
import YAML

/// The features of examples one by one, and what became of those that cannot be read.
struct ExampleFeatures<Example: Sendable>: Sendable {
    /// The examples that are left, in their order.
    private(set) var examples: [Example] = []
    /// The feature of each: `[examples]`.
    private(set) var features: [Feature] = []
    /// How many of them were cut.
    private(set) var truncatedCount = 0
    /// What was left out.
    private(set) var skipped: SkippedRows

    /// Makes the feature of each of `examples`.
    ///
    /// - Parameters:
    ///   - skipped: what of `file` is not among them.
    ///   - feature: the feature of the example at a place, and whether it was cut; an example for which this fails is left out
    ///     where the file's settings say so.
    init(
        _ examples: [Example], of file: DataFile, skipped: SkippedRows,
        feature: (Int, Example) throws(DataError) -> (Feature, isTruncated: Bool)
    ) throws(DataError) {
        self.skipped = skipped
        for (place, example) in examples.enumerated() {
            do {
                let made = try feature(place, example)
                features.append(made.0)
                self.examples.append(example)
                if made.isTruncated { truncatedCount += 1 }
            } catch {
                if file.stopsOnError { throw error }
                self.skipped.append(error)
            }
        }
        if features.isEmpty, let first = self.skipped.first.first {
            throw DataError("no example of '\(file.path)' is left; the first: \(first.message)", at: first.location)
        }
    }

    /// What a model reads of them.
    func data(_ tokenizer: any Tokenizer, _ labels: LabelSpace = LabelSpace()) -> PreparedData {
        PreparedData(
            features: features, exampleCount: examples.count, vocabularyCount: tokenizer.vocabularyCount,
            labels: labels, truncatedCount: truncatedCount, skipped: skipped)
    }
}

extension DataFile {
    /// Whether one row that cannot be read ends the reading.
    var stopsOnError: Bool { format.entry.files(format.settings).onError == .stop }
}

extension SequenceLayout.Sequence {
    /// The feature of this sequence; `owner` at `location` must have a token.
    func feature(
        label: Label?, of owner: String, at location: SourceLocation
    ) throws(DataError) -> (Feature, isTruncated: Bool) {
        guard !ids.isEmpty else { throw DataError("\(owner) has no token that could be read", at: location) }
        return (Feature(inputIDs: ids, tokenTypeIDs: types, label: label), isTruncated)
    }
}
