import Foundation

/// Where numbers stand along an axis.
struct ChartScale: Sendable {
    /// Whether equal ratios, not differences, are equally far apart.
    let isLogarithmic: Bool
    private let lower: Double
    private let upper: Double
    private let start: Double
    private let end: Double

    /// The scale on which all `values`, which are finite, stand between `start` and `end`.
    ///
    /// - Parameter isLogarithmic: nil for what suits them: ratios where they are above 0 and span more than a factor of 30.
    init(_ values: [Double], from start: Double, to end: Double, isLogarithmic: Bool? = nil) {
        let (least, most) = (values.min() ?? 0, values.max() ?? 1)
        self.isLogarithmic = least > 0 && (isLogarithmic ?? (most / least > 30))
        let (a, b) = self.isLogarithmic ? (log10(least), log10(most)) : (least, most)
        // A little room beside the outermost values, and some for a single one.
        let room = b > a ? (b - a) * 0.05 : self.isLogarithmic ? 0.5 : max(abs(a) * 0.05, 1e-6)
        (lower, upper) = (a - room, b + room)
        (self.start, self.end) = (start, end)
    }

    /// Where `value` stands.
    func position(_ value: Double) -> Double {
        let place = isLogarithmic ? log10(value) : value
        return start + (place - lower) / (upper - lower) * (end - start)
    }

    /// Round numbers along the axis, about four.
    var ticks: [Double] { isLogarithmic ? logarithmicTicks : linearTicks }

    private var linearTicks: [Double] {
        let rough = (upper - lower) / 4
        let power = pow(10, log10(rough).rounded(.down))
        let step = ([1, 2, 5].first { $0 * power >= rough * 0.7 } ?? 10) * power
        let first = Int((lower / step).rounded(.up)), last = Int((upper / step).rounded(.down))
        return first <= last ? (first...last).map { Double($0) * step } : []
    }

    private var logarithmicTicks: [Double] {
        let exponents = Int(lower.rounded(.down))...Int(upper.rounded(.up))
        let factors: [Double] = upper - lower > 4 ? [1] : upper - lower > 1.5 ? [1, 3] : [1, 2, 5]
        let all = exponents.flatMap { exponent in factors.map { $0 * pow(10, Double(exponent)) } }
        return all.filter { lower...upper ~= log10($0) }
    }

    /// A tick in as few figures as it has.
    static func label(_ value: Double) -> String {
        if value.magnitude >= 10_000 { return FigureText.count(value) }
        if value != 0, value.magnitude < 1e-3 {
            let exponent = Int(log10(value.magnitude).rounded(.down))
            return "\(trimmed(value / pow(10, Double(exponent)), decimals: 1))e\(exponent)"
        }
        return trimmed(value, decimals: 4)
    }

    private static func trimmed(_ value: Double, decimals: Int) -> String {
        var text = FigureText.fixed(value, decimals: decimals)
        while text.contains("."), text.last == "0" || text.last == "." { text.removeLast() }
        return text
    }
}
