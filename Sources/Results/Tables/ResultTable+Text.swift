import YAML

/// The ways to write a table of results down.
public enum TableFormat: String, CaseIterable, Sendable {
    /// Aligned columns.
    case text
    /// Comma-separated values with the whole names, as spreadsheets and `diff` read them.
    case csv
    /// A table of Markdown.
    case md
    /// A list of objects.
    case json
}

extension ResultTable {
    /// Aligned columns, the best marked with a star.
    ///
    /// - Parameter width: columns of the terminal; where the table does not fit, columns are left out and then words cut.
    /// - Returns: the text and the titles of the columns that are not in it.
    public func text(width: Int? = nil) -> (text: String, leftOut: [String]) {
        var left: Set<ResultColumn> = []
        var table = textTable(without: left)
        for column in spare {
            guard let width, table.leastWidth > width else { break }
            left.insert(column)
            table = textTable(without: left)
        }
        // What was left out for nothing comes back, the worthiest first.
        for column in spare.reversed() where left.contains(column) {
            guard let width else { break }
            let wider = textTable(without: left.subtracting([column]))
            guard wider.leastWidth <= width else { continue }
            (table, _) = (wider, left.remove(column))
        }
        let leftOut = zip(columns, ResultColumn.titles(columns)).filter { left.contains($0.0) }.map(\.1)
        return (table.text(width: width), leftOut)
    }

    private func textTable(without left: Set<ResultColumn>) -> TextTable {
        let shown = columns.filter { !left.contains($0) }
        let cells = rows.map { row in shown.map { ResultCell($0, row.group) } }
        let marked = Set(shown.filter { column in rows.contains { $0.isBest(column) } })
        let titles = ResultColumn.titles(columns)
        let titleOf = Dictionary(zip(columns, titles)) { first, _ in first }
        var table = TextTable(
            shown.enumerated().map { place, column in
                let isWords = cells.contains { row in
                    switch row[place] {
                    case .value(let value): value.double == nil
                    case .values: true
                    case .empty, .sample: false
                    }
                }
                let title = (titleOf[column] ?? column.title) + (marked.contains(column) ? " " : "")
                return isWords ? .text(title) : .number(title)
            })
        for (row, cells) in zip(rows, cells) {
            table.append(
                zip(shown, cells).map { column, cell in
                    let mark = marked.contains(column) ? row.isBest(column) ? "*" : " " : ""
                    return cell.text(column) + mark
                })
        }
        return table
    }

    /// A table of Markdown, the best in bold.
    public var markdown: String {
        func escaped(_ text: String) -> String {
            DisplayWidth.printable(text).map { "|\\`*_<>&[]".contains($0) ? "\\\($0)" : "\($0)" }.joined()
        }
        func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |\n" }
        let body = rows.map { row in
            line(
                zip(columns, cells(row)).map { column, cell in
                    let text = escaped(cell.text(column))
                    return row.isBest(column) ? "**\(text)**" : text
                })
        }
        let marks = columns.map { column in
            rows.contains { ResultCell(column, $0.group).number != nil } ? "--:" : "---"
        }
        return line(ResultColumn.titles(columns).map(escaped)) + line(marks) + body.joined()
    }

    /// Comma-separated values (RFC 4180). A mean has a second column, `….half_width`, for half the width of its interval.
    public var csv: String {
        let headed = columns.map { column in
            (column, hasMean: rows.contains { if case .sample = ResultCell(column, $0.group) { true } else { false } })
        }
        let head = headed.flatMap { column, hasMean in hasMean ? [column.name, column.halfName] : [column.name] }
        let body = rows.map { row in
            headed.flatMap { column, hasMean in
                let values = ResultCell(column, row.group).values(column)
                return ([column.name] + (hasMean ? [column.halfName] : [])).map { values[$0]?.plainText ?? "" }
            }
        }
        return ([head] + body).map { $0.map(Self.field).joined(separator: ",") + "\n" }.joined()
    }

    private static func field(_ text: String) -> String {
        let mustBeQuoted = text.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) }
        return mustBeQuoted ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }

    /// A list of objects by the whole names; `best` has the metrics in which a row is.
    public var json: JSON {
        .array(
            rows.map { row in
                var object: [String: JSON] = [:]
                for (column, cell) in zip(columns, cells(row)) {
                    object.merge(cell.values(column)) { first, _ in first }
                }
                if !row.best.isEmpty { object["best"] = .array(row.best.sorted().map(JSON.string)) }
                return .object(object)
            })
    }
}

extension ResultTable.Row {
    /// Whether the row is the best in a metric's column.
    func isBest(_ column: ResultColumn) -> Bool { column.metric.map(best.contains) ?? false }
}

extension ResultColumn {
    /// The name of half the width of a mean's interval.
    var halfName: String { "\(name).half_width" }
}

extension ResultCell {
    /// What a script reads of the cell, by name.
    fileprivate func values(_ column: ResultColumn) -> [String: JSON] {
        switch self {
        case .empty: [:]
        case .value(let value): [column.name: value]
        case .values(let values): [column.name: .string(values.map(\.plainText).joined(separator: " "))]
        case .sample(let sample):
            [column.name: .number(sample.mean)].merging(
                sample.half.map { [column.halfName: JSON.number($0)] } ?? [:]
            ) { first, _ in first }
        }
    }
}
