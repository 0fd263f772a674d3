/// Curves over steps: a loss, or a metric as it grew.
struct CurveChart {
    /// One curve.
    struct Curve {
        let name: String
        let color: String
        /// Whether the run did not go to its end.
        let isEnded: Bool
        let points: [(step: Double, value: Double)]
    }

    let title: String
    let curves: [Curve]

    private static let height = 230.0
    /// A curve of more points is drawn as the means of neighbours, since no screen shows more.
    private static let pointLimit = 150

    /// The drawing; nil where no curve has two points.
    var html: HTML? {
        let curves = curves.map {
            Curve(name: $0.name, color: $0.color, isEnded: $0.isEnded, points: Self.thinned($0.points))
        }
        let points = curves.flatMap(\.points)
        guard curves.contains(where: { $0.points.count > 1 }) else { return nil }
        let bottom = Self.height - 30
        let x = ChartScale(points.map(\.step), from: Chart.left, to: Chart.right, isLogarithmic: false)
        let y = ChartScale(points.map(\.value), from: bottom, to: 8)
        let drawn = curves.filter { !$0.points.isEmpty }.map { curve in
            Chart.path(
                curve.points.map { (x.position($0.step), y.position($0.value)) }, curve.color, curve.name,
                isDashed: curve.isEnded)
        }
        let axes = Chart.horizontalAxis(x, y: bottom, top: 8) + Chart.verticalAxis(y)
        let name = Chart.words("step", (Chart.left + Chart.right) / 2, Self.height - 2)
        return Chart.figure(title, height: Self.height, axes + drawn + [name])
    }

    private static func thinned(_ points: [(step: Double, value: Double)]) -> [(step: Double, value: Double)] {
        let points = points.filter { $0.value.isFinite }
        guard points.count > pointLimit else { return points }
        let size = (points.count + pointLimit - 1) / pointLimit
        return stride(from: 0, to: points.count, by: size).map { start in
            let some = points[start..<min(start + size, points.count)]
            let count = Double(some.count)
            return (some.reduce(0) { $0 + $1.step } / count, some.reduce(0) { $0 + $1.value } / count)
        }
    }
}
