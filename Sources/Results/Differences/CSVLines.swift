import YAML

/// The rows of comma-separated values (RFC 4180).
struct CSVLines {
    /// The cells of each row; what stood in quotes is text.
    let rows: [[Node]]

    init(_ text: String, file: String) throws(TextError) {
        var rows: [[Node]] = []
        var row: [Node] = []
        var cell = String.UnicodeScalarView()
        var (line, column) = (1, 1)
        var start = SourceLocation(file: file, line: 1, column: 1)
        var (isQuoted, wasQuoted) = (false, false)
        func endCell() {
            row.append(Node(.scalar(Node.Scalar(String(cell), isPlain: !wasQuoted)), at: start))
            cell = String.UnicodeScalarView()
            wasQuoted = false
        }
        func endRow() {
            endCell()
            if row.count > 1 || row[0].string != "" { rows.append(row) }
            row = []
        }
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            column += 1
            if scalar == "\n" { (line, column) = (line + 1, 1) }
            if isQuoted {
                if scalar != "\"" {
                    cell.append(scalar)
                } else if scalars.first == "\"" {
                    cell.append(scalar)
                    scalars.removeFirst()
                    column += 1
                } else {
                    isQuoted = false
                }
            } else if scalar == "\"", cell.isEmpty, !wasQuoted {
                (isQuoted, wasQuoted) = (true, true)
            } else if scalar == "," {
                endCell()
                start = SourceLocation(file: file, line: line, column: column)
            } else if scalar == "\n" {
                endRow()
                start = SourceLocation(file: file, line: line, column: column)
            } else if scalar != "\r" || scalars.first != "\n" {
                cell.append(scalar)
            }
        }
        if isQuoted { throw TextError("the quote is not closed", at: start) }
        if !cell.isEmpty || !row.isEmpty || wasQuoted { endRow() }
        self.rows = rows
    }
}
