/// What the charts of a report share: their size, axes and marks.
///
/// All are drawn 360 units wide, so that their words are of readable size on a phone and three stand side by side on a wide screen.
enum Chart {
    static let width = 360.0
    static let left = 46.0
    static let right = 350.0

    /// A drawing with a title, told to those who can not see it.
    ///
    /// - Parameter fixed: its width, where it is not to grow and shrink with the page.
    static func figure(_ title: String, width fixed: Double? = nil, height: Double, _ content: [HTML]) -> HTML {
        let width = fixed ?? Chart.width
        return .element(
            "figure", [:],
            [
                .element("figcaption", [:], title),
                .element(
                    "svg",
                    [
                        "viewBox": "0 0 \(number(width)) \(number(height))", "role": "img", "aria-label": title,
                        // Its words keep their size, then.
                        "style": fixed == nil ? "" : "width:\(number(width))px",
                    ], content),
            ])
    }

    /// A number as coordinates are written.
    static func number(_ value: Double) -> String { FigureText.fixed(value, decimals: 1) }

    static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ kind: String) -> HTML {
        .element(
            "line", ["x1": number(x1), "y1": number(y1), "x2": number(x2), "y2": number(y2), "class": kind], [HTML]())
    }

    static func words(_ words: String, _ x: Double, _ y: Double, anchor: String = "middle") -> HTML {
        .element("text", ["x": number(x), "y": number(y), "text-anchor": anchor], words)
    }

    /// A point that tells what it is when it is pointed at.
    static func point(_ x: Double, _ y: Double, _ color: String, _ meaning: String) -> HTML {
        .element(
            "circle", ["cx": number(x), "cy": number(y), "r": "3.5", "fill": color, "class": "point"],
            [.element("title", [:], meaning)])
    }

    static func path(_ points: [(x: Double, y: Double)], _ color: String, _ meaning: String, isDashed: Bool = false)
        -> HTML
    {
        let places = points.enumerated().map {
            "\($0.offset == 0 ? "M" : "L")\(number($0.element.x)) \(number($0.element.y))"
        }
        return .element(
            "path", ["d": places.joined(), "stroke": color, "class": isDashed ? "curve ended" : "curve"],
            [.element("title", [:], meaning)])
    }

    /// The horizontal axis at the height `y`, with lines up to `top`.
    static func horizontalAxis(_ scale: ChartScale, y: Double, top: Double) -> [HTML] {
        scale.ticks.flatMap { tick in
            let x = scale.position(tick)
            return [line(x, top, x, y, "grid"), words(ChartScale.label(tick), x, y + 14)]
        } + [line(left, y, right, y, "axis")]
    }

    /// The vertical axis at the left, with lines to the right.
    static func verticalAxis(_ scale: ChartScale) -> [HTML] {
        scale.ticks.flatMap { tick in
            let y = scale.position(tick)
            return [line(left, y, right, y, "grid"), words(ChartScale.label(tick), left - 5, y + 4, anchor: "end")]
        }
    }
}
