import YAML

/// JSON lines with what a trained model is asked about: `text`, `text` and `text_pair`, `tokens`, `question` and `context`, `context`
/// and `choices`, `prompt` or `text` with `completion` or `target`, or `messages`; other fields are passed over, labels too.
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
        PromptExamples.self, ChatExamples.self,
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
        if kind == PromptExamples.self { return PromptExamples(try JSONLines.rows(file, &faults, prompt)) }
        if kind == ChatExamples.self {
            return ChatExamples(
                try JSONLines.rows(file, &faults) { (row) throws(DataError) in
                    try ChatExample(try row.field("messages"), at: row.location)
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

    /// Which of `kinds` the first line of the file at `path` is of.
    static func kind(of path: String, among kinds: [any DataRecords.Type]) throws(DataError) -> (any DataRecords.Type)?
    {
        var faults = RowFaults(.skip)
        let first = try JSONLines.rows(try TextFile(path), &faults) { (row) throws(DataError) in row }.first
        let wanted: (any DataRecords.Type)? =
            if first?.value("messages") != nil {
                ChatExamples.self
            } else if ["prompt", "completion", "target"].contains(where: { first?.value($0) != nil }) {
                PromptExamples.self
            } else {
                nil
            }
        return kinds.first { $0 == wanted } ?? held(among: kinds)
    }

    private func prompt(_ row: JSONRow) throws(DataError) -> PromptExample {
        var targets: [String] = []
        let name = row.first(of: ["completion", "target"])
        if let target = row.value(name), !target.isNull {
            targets = target.elements != nil ? try row.texts(name) : [try row.text(name)]
        }
        return PromptExample(text: try row.text(row.first(of: ["prompt", "text"])), targets: targets, at: row.location)
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

    fileprivate func field(_ name: String) throws(DataError) -> Node { try node.member(name, of: "an input") }
}
