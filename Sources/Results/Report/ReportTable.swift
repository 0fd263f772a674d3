import YAML

/// A table of results in a report.
struct ReportTable {
    private let table: ResultTable

    init(_ table: ResultTable) {
        self.table = table
    }

    /// The columns with what came out in front of what was set, since a phone shows the first ones only.
    private var columns: [ResultColumn] {
        func rank(_ column: ResultColumn) -> Int {
            switch column.name {
            case "runs", "run_id": 0
            case "name", Settings.seedKey: 1
            case "status", "stopped_by": 3
            default: column.metric != nil ? 2 : column.source == .setting ? 4 : 5
            }
        }
        return table.columns.enumerated()
            .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
    }

    var html: HTML {
        let columns = columns
        let head = zip(columns, ResultColumn.titles(columns)).map { column, title in
            let isNumber = table.rows.contains { ResultCell(column, $0.group).number != nil }
            return HTML.element("th", ["scope": "col", "class": isNumber ? "number" : ""], title)
        }
        let rows = table.rows.map { row in
            let status = row.group.status
            let cells = columns.map { column -> HTML in
                let cell = ResultCell(column, row.group)
                let kinds = [
                    cell.number == nil ? nil : "number", row.isBest(column) ? "best" : nil,
                    column.name == "status" && status != .finished ? "unfinished" : nil,
                ]
                return .element(
                    "td", ["class": kinds.compactMap(\.self).joined(separator: " ")],
                    cell.text(column) + (row.isBest(column) ? " ★" : ""))
            }
            return HTML.element("tr", [:], cells)
        }
        return .element(
            "div", ["class": "wide", "tabindex": "0"],
            [
                .element(
                    "table", [:],
                    [.element("thead", [:], [.element("tr", [:], head)]), .element("tbody", [:], rows)])
            ])
    }
}
