import Results

/// A finished run in words: its metrics, and what was planned against what came of it.
enum ResultText {
    static func text(_ record: RunRecord, path: String) -> String {
        var text = ""
        for (name, value) in record.metrics.sorted(by: { $0.key < $1.key }) {
            text += "\(name)  \(FigureText.metric(value))\n"
        }
        var table = TextTable([.text("plan against actual"), .number("planned"), .number("actual"), .number("ratio")])
        for row in rows {
            guard let comparison = record.plan[row.key], let actual = comparison.actual else { continue }
            let planned = comparison.planned
            let ratio = planned.flatMap { $0 > 0 ? FigureText.fixed(actual / $0, decimals: 2) : nil }
            table.append([row.title, planned.map(row.format) ?? "", row.format(actual), ratio ?? ""])
        }
        text += "\n\(table.text())"
        if let rate = record.tokensPerSecond { text += "\(FigureText.count(rate)) tokens/s in training\n" }
        return text + "result: \(path)\n"
    }

    private struct Row {
        let key: String
        let title: String
        let format: (Double) -> String
    }

    private static var rows: [Row] {
        [
            Row(key: "steps", title: "steps") { FigureText.fixed($0, decimals: 0) },
            Row(key: "train_tokens", title: "tokens trained on") { FigureText.count($0) },
            Row(key: "operations", title: "operations of products") { FigureText.operations($0) },
            Row(key: "train_seconds", title: "time of training") { FigureText.duration($0) },
            Row(key: "evaluation_seconds", title: "time of scoring") { FigureText.duration($0) },
            Row(key: "peak_rss_bytes", title: "peak memory") { FigureText.bytes($0) },
        ]
    }
}
