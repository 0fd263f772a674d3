import YAML

/// JSON lines with what a trained model is asked about: `text`, `text` and `text_pair`, `tokens`, `question` and `context`, or `context`
/// and `choices`; other fields are passed over, labels too.
///
/// No manifest names it: it is the format of the inputs to a prediction.
public struct PredictionInputs: DataFormat {
    /// `inputs`
    public static let name = "inputs"
    /// What the format is.
    public static let help = "JSON lines: one object per line, with text, tokens, question and context, or choices."
    /// What any task may be asked about.
    public static let records: [any DataRecords.Type] = [
        TextExamples.self, WordExamples.self, ChoiceExamples.self, Documents.self, QuestionSet.self,
    ]

    /// There is nothing to set.
    public init(_ settings: NoFormatSettings) {}

    /// The inputs in the file at `path`.
    public static func file(_ path: String) -> DataFile { DataFile(path: path, format: FormatEntry(Self.self)) }

    /// Reads the lines at `path`.
    public func read(
        _ path: String, as kind: any DataRecords.Type, _ faults: inout RowFaults
    ) throws(DataError) -> any DataRecords {
        let file = try TextFile(path)
        if kind == WordExamples.self {
            return WordExamples(
                try JSONLines.rows(file, &faults) { (row) throws(DataError) in
                    WordExample(words: try row.texts("tokens"), at: row.location)
                })
        }
        if kind == ChoiceExamples.self {
            return ChoiceExamples(
                try JSONLines.rows(file, &faults) { (row) throws(DataError) in
                    let choices = try row.texts("choices")
                    return ChoiceExample(context: try row.text("context"), choices: choices, at: row.location)
                })
        }
        if kind == QuestionSet.self { return try questions(file, &faults) }
        if kind == Documents.self {
            return Documents(
                try JSONLines.rows(file, &faults) { (row) throws(DataError) in
                    if let pair = row.value("text_pair"), !pair.isNull {
                        throw DataError(
                            "'text_pair' is not read by a language model; put both texts into 'text'", at: pair.location
                        )
                    }
                    return Document(text: try row.text("text"), at: row.location)
                })
        }
        let texts = try JSONLines.rows(file, &faults) { (row) throws(DataError) in
            let pair = row.value("text_pair").flatMap { $0.isNull ? nil : $0 }
            return TextExample(
                text: try row.text("text"),
                pair: try pair.map { (pair) throws(DataError) in try pair.writtenText("'text_pair'") }, at: row.location
            )
        }
        return TextExamples(texts)
    }

    private func questions(_ file: TextFile, _ faults: inout RowFaults) throws(DataError) -> QuestionSet {
        let rows = try JSONLines.rows(file, &faults) { (row) throws(DataError) in
            let id = try row.value("id").map { (id) throws(DataError) in try id.writtenText("'id'") }
            return (
                id: id, question: try row.text("question"), context: try row.text("context"), location: row.location
            )
        }
        return QuestionSet(
            contexts: rows.map(\.context),
            questions: rows.enumerated().map { place, row in
                Question(id: row.id ?? "\(place)", text: row.question, context: place, answers: [], at: row.location)
            })
    }
}

extension JSONRow {
    /// The text of a field that must be there.
    fileprivate func text(_ name: String) throws(DataError) -> String { try field(name).writtenText("'\(name)'") }

    /// The texts of a list that must be there.
    fileprivate func texts(_ name: String) throws(DataError) -> [String] {
        let list = try field(name)
        guard let elements = list.elements else { throw list.mistake(expected: "'\(name)' must be a list") }
        return try elements.map { (node) throws(DataError) in try node.writtenText("an element of '\(name)'") }
    }

    private func field(_ name: String) throws(DataError) -> Node { try node.member(name, of: "an input") }
}
