import Configuration

/// A table of one example per row, in the layout that `settings` describe.
struct Table {
    /// The kinds of examples that a table may hold.
    static let records: [any DataRecords.Type] = [
        TextExamples.self, ChoiceExamples.self, Documents.self, PromptExamples.self,
    ]

    let settings: TableSettings

    /// Texts with targets, among `kinds`, where a key names what holds these.
    func kind(among kinds: [any DataRecords.Type]) -> (any DataRecords.Type)? {
        guard settings.target != nil || settings.targetTemplate != nil else { return nil }
        return kinds.first { $0 == PromptExamples.self }
    }

    static func keys(for kind: any DataRecords.Type) -> [String] {
        let keys = ["header", "delimiter", "quotes", "text_column", "text_template"]
        if kind == TextExamples.self {
            return keys + ["text_pair_column", "text_pair_template", "label_column", "label_separator"]
        }
        if kind == PromptExamples.self { return keys + ["target_column", "target_template"] }
        return kind == ChoiceExamples.self ? keys + ["label_column", "choice_columns"] : keys
    }

    func contradictions(for kind: any DataRecords.Type) -> [Contradiction] {
        var found = settings.textKeys.contradictions
        if kind == TextExamples.self { found += settings.pairKeys.contradictions }
        if kind == PromptExamples.self { found += settings.targetKeys.contradictions }
        if settings.delimiterByte == nil {
            found.append(
                Contradiction(
                    key: "delimiter", with: "delimiter",
                    message: "it must be one ASCII character, and neither a quote nor a line end"))
        }
        if settings.labelSeparator?.isEmpty == true {
            found.append(
                Contradiction(key: "label_separator", with: "label_separator", message: "it must not be empty"))
        }
        if kind == ChoiceExamples.self, settings.choices.count < 2 {
            found.append(
                Contradiction(
                    key: "choice_columns", with: "choice_columns",
                    message: "\(ChoiceExamples.kind) need the columns of two choices at least"))
        }
        return found
    }

    func read(
        _ file: TextFile, as kind: any DataRecords.Type, _ faults: inout RowFaults
    ) throws(DataError) -> any DataRecords {
        if kind == Documents.self {
            return Documents(
                try rows(file, kind, &faults) { (row, columns) throws(DataError) in
                    Document(text: try row.text(columns.text), at: row.location)
                })
        }
        if kind == PromptExamples.self {
            return PromptExamples(
                try rows(file, kind, &faults) { (row, columns) throws(DataError) in
                    let target = try columns.target.map { (template) throws(DataError) in try row.text(template) }
                    return PromptExample(
                        text: try row.text(columns.text), targets: target.map { [$0] } ?? [], at: row.location)
                })
        }
        if kind == ChoiceExamples.self {
            return ChoiceExamples(
                try rows(file, kind, &faults) { (row, columns) throws(DataError) in
                    try ChoiceExample(
                        context: try row.text(columns.text), choices: columns.choices.map { row[$0] },
                        writtenLabel: columns.label.map { row[$0] }, at: row.location,
                        labelAt: columns.label.map(row.location(of:)))
                })
        }
        return TextExamples(
            try rows(file, kind, &faults) { (row, columns) throws(DataError) in
                TextExample(
                    text: try row.text(columns.text),
                    pair: try columns.pair.map { (template) throws(DataError) in try row.text(template) },
                    label: columns.label.flatMap { label(row[$0]) }, at: row.location,
                    labelAt: columns.label.map(row.location(of:)))
            })
    }

    /// A label as it is written; an empty field is none.
    private func label(_ text: String) -> RawLabel? {
        guard let labelSeparator = settings.labelSeparator else { return text.isEmpty ? nil : .one(text) }
        return .several(text.split(separator: labelSeparator).map(\.withoutOuterSpaces).filter { !$0.isEmpty })
    }

    /// What `make` makes of each row.
    private func rows<Example>(
        _ file: TextFile, _ kind: any DataRecords.Type, _ faults: inout RowFaults,
        _ make: (TableCells, TableColumns) throws(DataError) -> Example
    ) throws(DataError) -> [Example] {
        guard let delimiter = settings.delimiterByte else {
            throw DataError("'\(settings.delimiter)' is not one ASCII character", key: "data.delimiter")
        }
        var reader = TableReader(file, delimiter: delimiter, hasQuotes: settings.hasQuotes)
        var row = TableRow()
        var shape: TableShape?
        var examples: [Example] = []
        while try reader.next(&row) {
            let cells = TableCells(file: file, row: row)
            if shape == nil, settings.hasHeader {
                try cells.check()
                let header = row.fields.map(file.text)
                shape = try TableShape(settings, header: header, cells, kind)
                continue
            }
            do throws(DataError) {
                try cells.check()
            } catch {
                try faults.note(error)
                continue
            }
            let known: TableShape
            if let shape { known = shape } else { known = try TableShape(settings, header: nil, cells, kind) }
            shape = known
            do throws(DataError) {
                try known.check(cells)
                examples.append(try make(cells, known.columns))
            } catch {
                try faults.note(error)
            }
        }
        return examples
    }
}

extension Substring {
    /// The text without spaces at its ends.
    fileprivate var withoutOuterSpaces: String {
        let start = drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}
