import YAML

/// A metric against one setting: numbers along the bottom, anything else as rows.
struct SettingChart {
    /// One run.
    struct Mark {
        let name: String
        let color: String
        let setting: JSON
        let value: Double
    }

    let title: String
    let marks: [Mark]
    /// A value to compare with, which has a line.
    var reference: Double?

    private static let rowHeight = 24.0
    private static let rowLimit = 24
    private static let labelWidth = 130.0

    /// The drawing; nil where there is nothing to see.
    var html: HTML? {
        guard marks.count > 1 else { return nil }
        return marks.allSatisfy { $0.setting.double != nil } ? pointed : ordered
    }

    private var pointed: HTML {
        let height = 230.0
        let numbers = marks.map { ($0, $0.setting.double ?? 0) }
        let x = ChartScale(numbers.map(\.1), from: Chart.left, to: Chart.right)
        let y = ChartScale(marks.map(\.value), from: height - 20, to: 8)
        let points = numbers.map { mark, number in
            Chart.point(x.position(number), y.position(mark.value), mark.color, mark.meaning)
        }
        let means = Dictionary(grouping: numbers, by: \.1).sorted { $0.key < $1.key }.map { number, marks in
            (x.position(number), y.position(marks.map(\.0.value).reduce(0, +) / Double(marks.count)))
        }
        let axes = Chart.horizontalAxis(x, y: height - 20, top: 8) + Chart.verticalAxis(y)
        let line = Chart.path(means, "currentColor", "mean of each value")
        return Chart.figure(title, height: height, axes + [.element("g", ["class": "faint"], [line])] + points)
    }

    private var ordered: HTML {
        var rows: [(label: String, marks: [Mark])] = []
        for mark in marks {
            let label = mark.setting.plainText
            if let place = rows.firstIndex(where: { $0.label == label }) {
                rows[place].marks.append(mark)
            } else {
                rows.append((label, [mark]))
            }
        }
        let more = rows.count > Self.rowLimit ? " (the first \(Self.rowLimit) of \(rows.count))" : ""
        rows = Array(rows.prefix(Self.rowLimit))
        let bottom = 8 + Double(rows.count) * Self.rowHeight
        let values = rows.flatMap(\.marks).map(\.value) + [reference].compactMap(\.self)
        let x = ChartScale(values, from: Self.labelWidth, to: Chart.right)
        var content = x.ticks.flatMap { tick in
            let place = x.position(tick)
            return [
                Chart.line(place, 8, place, bottom, "grid"), Chart.words(ChartScale.label(tick), place, bottom + 14),
            ]
        }
        if let place = reference.map(x.position) { content.append(Chart.line(place, 8, place, bottom, "axis")) }
        for (place, row) in rows.enumerated() {
            let y = 8 + (Double(place) + 0.5) * Self.rowHeight
            content.append(Chart.words(DisplayWidth.cut(row.label, to: 20), Self.labelWidth - 8, y + 4, anchor: "end"))
            content += row.marks.map { Chart.point(x.position($0.value), y, $0.color, $0.meaning) }
        }
        content.append(Chart.line(Self.labelWidth, bottom, Chart.right, bottom, "axis"))
        return Chart.figure(title + more, height: bottom + 22, content)
    }
}

extension SettingChart.Mark {
    fileprivate var meaning: String { "\(name): \(FigureText.metric(value))" }
}
