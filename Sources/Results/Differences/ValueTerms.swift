import YAML

/// Predicted numbers beside the right ones.
enum ValueTerms {
    static func measure(_ metric: String, _ run: PredictionLines) throws(TextError) -> ExampleMeasure? {
        var pairs: [(x: Double, y: Double)] = []
        for line in run.lines { pairs.append((try line.figure("value"), try line.figure("expected"))) }
        switch metric {
        case "mse": return .mean(pairs.map { ($0.x - $0.y) * ($0.x - $0.y) })
        case "pearson":
            // About the first example, so that little is lost in the squares.
            let origin = pairs.first ?? (0, 0)
            let rows = pairs.map { pair in
                let (x, y) = (pair.x - origin.x, pair.y - origin.y)
                return [x, y, x * x, y * y, x * y]
            }
            return ExampleMeasure(width: 5, rows, .sums(pearson))
        case "spearmanr":
            return ExampleMeasure(width: 2, pairs.map { [$0.x, $0.y] }, .rows(spearman))
        default: return nil
        }
    }

    private static func pearson(_ sums: [Double], _ count: Int) -> Double {
        let total = Double(count)
        let together = sums[4] - sums[0] * sums[1] / total
        let (x, y) = (sums[2] - sums[0] * sums[0] / total, sums[3] - sums[1] * sums[1] / total)
        return x > 0 && y > 0 ? max(-1, min(1, together / (x.squareRoot() * y.squareRoot()))) : .nan
    }

    /// The correlation of ranks; numbers that are equal share the mean of theirs.
    private static func spearman(_ rows: [Double], _ count: Int) -> Double {
        let x = ranks(stride(from: 0, to: rows.count, by: 2).map { rows[$0] })
        let y = ranks(stride(from: 1, to: rows.count, by: 2).map { rows[$0] })
        let terms = zip(x, y).flatMap { [$0, $1, $0 * $0, $1 * $1, $0 * $1] }
        let sums = (0..<5).map { term in stride(from: term, to: terms.count, by: 5).reduce(0) { $0 + terms[$1] } }
        return pearson(sums, count)
    }

    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            // About the middle of all ranks, for the same reason.
            for place in order[start..<end] { ranks[place] = Double(start + end - values.count) / 2 }
            start = end
        }
        return ranks
    }
}
