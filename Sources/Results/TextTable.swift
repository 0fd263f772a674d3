/// Rows under titles, in aligned columns that fit a width.
///
///     method         EM     F1   trained
///     ─────────────  ────  ────  ───────
///     PREFIX_TUNING  33.8  48.1    73.7k
public struct TextTable: Sendable {
    /// One column: its title and what stands in it.
    public struct Column: Sendable {
        /// What a column holds.
        public enum Kind: Sendable {
            /// Words: to the left, and cut where the table is too wide.
            case text
            /// Figures: to the right, and never cut.
            case number
        }

        /// The words above the column.
        public var title: String
        /// What the column holds.
        public var kind: Kind

        /// A column of words.
        public static func text(_ title: String) -> Column { Column(title: title, kind: .text) }
        /// A column of figures.
        public static func number(_ title: String) -> Column { Column(title: title, kind: .number) }
    }

    private let columns: [Column]
    private var rows: [[String]] = []
    private static let gap = "  "
    /// A column of words is not cut below this many columns of the terminal.
    private static let narrowest = 6
    /// A column of words that is cut to this says something still.
    private static let readable = 12

    /// A table without rows.
    public init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; a cell that is not given stays empty, one too many is left out.
    public mutating func append(_ cells: [String]) {
        let missing = max(0, columns.count - cells.count)
        rows.append((cells.prefix(columns.count) + Array(repeating: "", count: missing)).map(DisplayWidth.printable))
    }

    /// The table's lines, each ending in a line break.
    ///
    /// - Parameter width: columns of the terminal; the widest columns of words are cut until the table fits. Nil cuts nothing.
    public func text(width: Int? = nil) -> String {
        let widths = fittedWidths(width)
        let rule = widths.map { String(repeating: "─", count: $0) }
        let lines = [columns.map(\.title), rule] + rows
        return lines.map { line($0, widths) + "\n" }.joined()
    }

    /// The columns of a terminal in which the table can still be read: figures whole, words at least in part.
    public var leastWidth: Int {
        let widths = zip(columns, fittedWidths(nil)).map { $0.kind == .text ? min($1, Self.readable) : $1 }
        return widths.reduce(0, +) + Self.gap.count * max(0, widths.count - 1)
    }

    private func fittedWidths(_ limit: Int?) -> [Int] {
        var widths = columns.indices.map { column in
            max(DisplayWidth.of(columns[column].title), rows.map { DisplayWidth.of($0[column]) }.max() ?? 0)
        }
        guard let limit else { return widths }
        var excess = widths.reduce(0, +) + Self.gap.count * max(0, widths.count - 1) - limit
        while excess > 0 {
            let cuttable = widths.indices.filter { columns[$0].kind == .text && widths[$0] > Self.narrowest }
            guard let widest = cuttable.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            let shown = DisplayWidth.cut(cell, to: widths[column])
            let padding = String(repeating: " ", count: widths[column] - DisplayWidth.of(shown))
            if column > 0 { line += Self.gap }
            line += columns[column].kind == .number ? padding + shown : shown + padding
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
