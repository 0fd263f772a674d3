import YAML

/// A text with one of its targets, both cut into tokens.
struct PromptTarget: Sendable {
    /// The example that it is of.
    let example: PromptExample
    /// The number of this example.
    let row: Int
    /// The tokens of the text.
    let text: [Int32]
    /// The target, where there is one.
    let reference: String?
    /// Its tokens.
    let target: [Int32]?

    /// Every target of every example, and an example without one as it is.
    ///
    /// - Parameter prefix: put in front of texts.
    static func all(
        of records: PromptExamples, _ tokenizer: any Tokenizer, prefix: String = ""
    ) -> [Self] {
        let texts = tokenizer.encode(records.examples.map { prefix + $0.text })
        let targets = tokenizer.encode(records.examples.flatMap(\.targets)).map(\.ids)
        var all: [Self] = []
        var place = 0
        for (row, example) in records.examples.enumerated() {
            let text = texts[row].ids
            if example.targets.isEmpty {
                all.append(Self(example: example, row: row, text: text, reference: nil, target: nil))
            }
            for reference in example.targets {
                all.append(Self(example: example, row: row, text: text, reference: reference, target: targets[place]))
                place += 1
            }
        }
        return all
    }

    /// The error that there is no target, which is called `name`.
    func isMissing(_ name: String) -> DataError {
        DataError("there is no \(name), so no likelihood", at: example.location)
    }
}
