import Results
import YAML

/// All that one call of the benchmark measured.
package struct BenchReport {
    /// Where, with what and how it was measured: names and values in the order in which they are told.
    package let circumstances: [(name: String, value: String)]
    /// The cases in their order.
    package var cases: [CaseRecord]

    /// A report on `cases`.
    package init(circumstances: [(name: String, value: String)], cases: [CaseRecord]) {
        (self.circumstances, self.cases) = (circumstances, cases)
    }

    /// What is measured of each case: a row for each entrant.
    private func grid(_ record: CaseRecord) -> (titles: [String], rows: [[String]]) {
        let measured = record.measures.filter { measure in
            record.entries.contains { !$0.values(of: measure).isEmpty }
        }
        let rows = record.entries.map { entry in
            [entry.name]
                + measured.map { measure in Spread(entry.values(of: measure))?.text(measure.text) ?? "" }
        }
        return ([""] + measured.map(\.title), rows)
    }

    /// What the cases were to show, and what they showed.
    private var aims: (titles: [String], rows: [[String]]) {
        let rows = cases.filter { $0.skipped == nil }.flatMap { record in
            record.aims.map { aim in
                let spread = Spread(aim.values(in: record.entries))
                let outcome = spread.map { aim.bound.holds($0.median) ? "yes" : "no" } ?? "not measured"
                return [record.name, aim.text, spread?.text(aim.text) ?? "", aim.boundText, outcome]
            }
        }
        return (["case", "what", "median (range)", "aim", "reached"], rows)
    }

    /// What did not go as asked, a line each.
    private func problems(_ record: CaseRecord) -> [String] {
        record.entries.compactMap { entry in entry.problem.map { "\(entry.name): \($0)" } }
    }

    /// For a terminal.
    package var text: String {
        var text = circumstances.map { "\($0.name): \($0.value)\n" }.joined()
        for record in cases {
            text += "\n\(record.name): \(record.title)\n"
            if let reason = record.skipped {
                text += "  skipped: \(reason)\n"
                continue
            }
            text += Self.table(grid(record), textColumns: 1) + problems(record).map { "  \($0)\n" }.joined()
        }
        let aims = aims
        return aims.rows.isEmpty ? text : text + "\n" + Self.table(aims, textColumns: 2)
    }

    /// For a page: the aims first, then each case.
    package var markdown: String {
        var text = circumstances.map { "- \($0.name): \($0.value)\n" }.joined()
        let aims = aims
        if !aims.rows.isEmpty { text += "\n" + Self.markdownTable(aims, textColumns: 2) }
        for record in cases {
            text += "\n**\(record.name)**: \(record.title)\n\n"
            if let reason = record.skipped {
                text += "Skipped: \(reason)\n"
                continue
            }
            text += Self.markdownTable(grid(record), textColumns: 1)
            let problems = problems(record)
            if !problems.isEmpty { text += "\n" + problems.map { "- \($0)\n" }.joined() }
        }
        return text
    }

    private static func table(_ grid: (titles: [String], rows: [[String]]), textColumns: Int) -> String {
        var table = TextTable(
            grid.titles.enumerated().map { $0.offset < textColumns ? .text($0.element) : .number($0.element) })
        for row in grid.rows { table.append(row) }
        return table.text()
    }

    private static func markdownTable(_ grid: (titles: [String], rows: [[String]]), textColumns: Int) -> String {
        let line = { (cells: [String]) in
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
        }
        let rule = grid.titles.indices.map { $0 < textColumns ? "---" : "--:" }
        return line(grid.titles) + "|" + rule.joined(separator: "|") + "|\n" + grid.rows.map(line).joined()
    }
}
