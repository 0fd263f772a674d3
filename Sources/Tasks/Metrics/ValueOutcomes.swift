/// A number, predicted for each example.
struct ValueOutcomes: Outcomes {
    static let kind = "numbers"

    /// The predicted numbers: `[examples]`.
    var predicted: [Double]
    /// The right numbers: `[examples]`.
    var actual: [Double]

    /// The mean of the squared differences.
    var meanSquaredError: Double { zip(predicted, actual).map { ($0 - $1) * ($0 - $1) }.mean }

    /// The correlation of predicted and right numbers; not a number where one of them does not vary.
    var pearson: Double { Self.correlation(predicted, actual) }

    /// The correlation of their ranks; numbers that are equal share the mean of their ranks.
    var spearman: Double { Self.correlation(Self.ranks(of: predicted), Self.ranks(of: actual)) }

    /// Σ (x - mean x) (y - mean y), divided by the roots of both sums of squares.
    private static func correlation(_ x: [Double], _ y: [Double]) -> Double {
        guard x.count > 1, Set(x).count > 1, Set(y).count > 1 else { return .nan }
        let (xs, ys) = (x.map { [mean = x.mean] in $0 - mean }, y.map { [mean = y.mean] in $0 - mean })
        func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let (xNorm, yNorm) = (norm(xs), norm(ys))
        let sum = zip(xs, ys).reduce(0) { $0 + ($1.0 / xNorm) * ($1.1 / yNorm) }
        return sum.isNaN ? sum : max(-1, min(1, sum))
    }

    private static func ranks(of values: [Double]) -> [Double] {
        guard !values.contains(where: \.isNaN) else { return values.map { _ in .nan } }
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in order[start..<end] { ranks[place] = Double(start + end + 1) / 2 }
            start = end
        }
        return ranks
    }
}
