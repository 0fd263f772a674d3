import NN
import YAML

/// Makes labels of what is written beside texts.
struct LabelReader: Sendable {
    /// What a label is.
    let problem: TextClassification.Settings.Problem
    /// The names in the manifest.
    let names: LabelNames

    /// What the labels of a training file can be.
    func space(of records: TextExamples) throws(DataError) -> LabelSpace {
        let found = records.examples.lazy.compactMap(\.label)
        switch problem {
        case .regression: return LabelSpace(.value)
        case .single:
            let names = found.compactMap { if case .one(let name) = $0 { name } else { nil } }
            return try self.names.space(.classes, found: names, atLeast: 2)
        case .several: return try names.space(.flags, found: found.flatMap(\.names), atLeast: 1)
        }
    }

    /// The label of an example.
    func label(of example: TextExample, in index: LabelIndex) throws(DataError) -> Label {
        guard let label = example.label else { throw DataError("the text has no label", at: example.location) }
        switch (problem, label) {
        case (.regression, .one(let text)):
            guard let value = Float(text), value.isFinite else {
                throw DataError("the label must be a number, not '\(text)'", at: example.labelLocation)
            }
            return .value(value)
        case (.single, .one(let name)):
            return .category(try index.index(of: name, from: names.origin, at: example.labelLocation))
        case (.several, _):
            var flags = [Float](repeating: 0, count: index.names.count)
            for name in label.names {
                flags[try index.index(of: name, from: names.origin, at: example.labelLocation)] = 1
            }
            return .flags(flags)
        case (_, .several):
            throw DataError(
                "the text has several labels; set task.problem_type to multi_label_classification if it may",
                at: example.labelLocation)
        }
    }
}

extension RawLabel {
    /// The labels that are named.
    var names: [String] {
        switch self {
        case .one(let name): [name]
        case .several(let names): names
        }
    }
}
