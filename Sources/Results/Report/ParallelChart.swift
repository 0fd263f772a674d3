import YAML

/// Runs as lines through one axis for each setting and metric (parallel coordinates; Inselberg, 1985).
struct ParallelChart {
    /// One axis, and where each run crosses it.
    struct Axis {
        let name: String
        let values: [JSON?]
    }

    /// The runs in the order of the axes' values: what they are called and their colours.
    let runs: [(name: String, color: String)]
    let axes: [Axis]

    private static let (gap, top, bottom) = (150.0, 26.0, 216.0)
    /// Where a run crosses that has no such value.
    private static let nowhere = 236.0

    /// The drawing; nil where there are fewer than two axes or runs.
    var html: HTML? {
        guard axes.count > 1, runs.count > 1 else { return nil }
        let placed = axes.map(Self.places)
        let x = { (axis: Int) in 75 + Double(axis) * Self.gap }
        var content: [HTML] = []
        for (place, run) in runs.enumerated() {
            let points = axes.indices.map { (x($0), placed[$0].positions[place] ?? Self.nowhere) }
            content.append(Chart.path(points, run.color, run.name))
        }
        for (place, axis) in axes.enumerated() {
            content.append(Chart.line(x(place), Self.top, x(place), Self.bottom, "axis"))
            // Long names stand in two rows in turn, so that neighbours do not touch.
            content.append(Chart.words(DisplayWidth.cut(axis.name, to: 24), x(place), 14))
            for label in placed[place].labels {
                content.append(
                    .element(
                        "g", ["class": "halo"], [Chart.words(label.text, x(place) + 5, label.y + 4, anchor: "start")]))
            }
            if axis.values.contains(where: { $0 == nil }) {
                content.append(Chart.words("not set", x(place) + 5, Self.nowhere + 4, anchor: "start"))
            }
        }
        let width = 75 + Double(axes.count - 1) * Self.gap + 100
        let drawing = Chart.figure(
            "Every finished run, through its settings to its metrics", width: width, height: 248, content)
        return .element("div", ["class": "wide", "tabindex": "0"], [drawing])
    }

    private static func places(_ axis: Axis) -> (positions: [Double?], labels: [(text: String, y: Double)]) {
        let known = axis.values.compactMap(\.self)
        let numbers = known.compactMap(\.double)
        if numbers.count == known.count {
            let scale = ChartScale(numbers, from: bottom, to: top)
            // Few values are named themselves; of many, round ones.
            let distinct = Set(numbers).sorted()
            let ticks = distinct.count <= 6 ? distinct : scale.ticks
            var labels: [(text: String, y: Double)] = []
            for tick in ticks {
                let y = scale.position(tick)
                if labels.allSatisfy({ abs($0.y - y) >= 12 }) { labels.append((ChartScale.label(tick), y)) }
            }
            return (axis.values.map { $0?.double.map(scale.position) }, labels)
        }
        let names = Set(known.map(\.plainText)).sorted()
        let step = (bottom - top) / Double(max(names.count - 1, 1))
        let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, top + Double($0) * step) })
        // Names that would stand on each other are left out.
        let every = max(1, Int((12 / max(step, 1)).rounded(.up)))
        let labels = names.enumerated().filter { $0.offset % every == 0 }
            .map { (DisplayWidth.cut($0.element, to: 18), top + Double($0.offset) * step) }
        return (axis.values.map { $0.flatMap { places[$0.plainText] } }, labels)
    }
}
