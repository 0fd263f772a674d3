import YAML

/// What all rows of a table have in common.
struct TableShape {
    let columns: TableColumns
    private let count: Int
    /// The line of the row that the others are compared with.
    private let firstLine: Int

    init(
        _ settings: TableSettings, header: [String]?, _ first: TableCells, _ kind: any DataRecords.Type
    ) throws(DataError) {
        count = first.row.fields.count
        firstLine = first.row.line.number
        columns = try TableColumns(settings, header: header, count: count, kind: kind, at: first.location)
    }

    func check(_ cells: TableCells) throws(DataError) {
        let found = cells.row.fields.count
        if found == count { return }
        throw DataError(
            "the row has \(found) \(found == 1 ? "column" : "columns"), line \(firstLine) has \(count); "
                + "see whether a delimiter is missing or stands in a field, and data.quotes",
            at: cells.location)
    }
}

/// What stands in one row.
struct TableCells {
    let file: TextFile
    let row: TableRow

    var location: SourceLocation { file.location(of: row.line) }

    /// Where the field of a column begins, its quote included.
    func location(of column: Int) -> SourceLocation {
        guard row.fields.indices.contains(column) else { return location }
        let field = row.fields[column]
        return file.location(of: field.range.lowerBound - (field.isQuoted ? 1 : 0), after: row.line)
    }

    subscript(column: Int) -> String {
        row.fields.indices.contains(column) ? file.text(row.fields[column]) : ""
    }

    func text(_ numbered: TableColumns.NumberedTemplate) throws(DataError) -> String {
        try numbered.template.filled { name in numbered.columns[name].map { self[$0] } ?? "" }
    }

    /// Refuses a row that cannot be cut into fields, or that is no text.
    func check() throws(DataError) {
        try file.check(row.line)
        if let fault = row.fault { throw fault }
    }
}
