import YAML

/// Plan against actual: what was foreseen of each run, and what came of it.
struct PlanPicture {
    let runs: [StoredRun]
    let name: (StoredRun) -> String
    let color: (StoredRun) -> String

    private struct Figure {
        let key: String
        let title: String
        let format: (Double) -> String
    }

    private static var figures: [Figure] {
        [
            Figure(key: "steps", title: "steps") { FigureText.fixed($0, decimals: 0) },
            Figure(key: "train_tokens", title: "tokens") { FigureText.count($0) },
            Figure(key: "operations", title: "operations") { FigureText.operations($0) },
            Figure(key: "train_seconds", title: "training") { FigureText.duration($0) },
            Figure(key: "evaluation_seconds", title: "scoring") { FigureText.duration($0) },
            Figure(key: "peak_rss_bytes", title: "memory") { FigureText.bytes($0) },
        ]
    }

    /// A heading, a picture of the ratios, and a table of the figures; nothing where nothing was planned.
    var html: [HTML] {
        let marks = Self.figures.flatMap { figure in
            runs.compactMap { run -> SettingChart.Mark? in
                guard let known = run.record.plan[figure.key], let planned = known.planned, let actual = known.actual,
                    planned > 0, actual > 0
                else { return nil }
                return SettingChart.Mark(
                    name: name(run), color: color(run), setting: .string(figure.title), value: actual / planned)
            }
        }
        guard !marks.isEmpty else { return [] }
        let picture = SettingChart(title: "Actual divided by planned: 1 is as foreseen", marks: marks, reference: 1)
            .html
        return [.element("h3", [:], "Plan against actual")]
            + [picture].compactMap(\.self).map { .element("div", ["class": "charts"], [$0]) }
            + [.element("div", ["class": "wide", "tabindex": "0"], [table])]
    }

    private var table: HTML {
        let head = ["run"] + Self.figures.map(\.title)
        let rows = runs.filter { !$0.record.plan.isEmpty }.map { run in
            HTML.element(
                "tr", [:],
                [.element("td", [:], name(run))]
                    + Self.figures.map { figure in
                        let known = run.record.plan[figure.key]
                        let texts = [known?.planned, known?.actual].map { $0.map(figure.format) ?? "-" }
                        let isAsPlanned = texts[0] == texts[1]
                        return .element(
                            "td", ["class": "number"], isAsPlanned ? texts[0] : texts.joined(separator: " → "))
                    })
        }
        return .element(
            "table", [:],
            [
                .element(
                    "thead", [:],
                    [
                        .element(
                            "tr", [:],
                            head.map { .element("th", ["scope": "col", "class": $0 == "run" ? "" : "number"], $0) })
                    ]),
                .element("tbody", [:], rows),
            ])
    }
}
