/// Measures of how many things that were predicted are right, from three terms: the right ones, the predicted ones, those there are.
enum AgreementTerms {
    /// The terms of one thing that is predicted or not, and holds or not.
    static func row(predicted: Bool, actual: Bool) -> [Double] {
        [predicted && actual ? 1 : 0, predicted ? 1 : 0, actual ? 1 : 0]
    }

    /// Precision, recall or F1 of rows of these terms; nil for another name.
    static func measure(_ metric: String, _ rows: [[Double]]) -> ExampleMeasure? {
        switch metric {
        case "f1": ExampleMeasure(width: 3, rows, .sums { sums, _ in f1(sums[...]) })
        case "precision": ExampleMeasure(width: 3, rows, .sums { sums, _ in ratio(sums[0], sums[1]) })
        case "recall": ExampleMeasure(width: 3, rows, .sums { sums, _ in ratio(sums[0], sums[2]) })
        default: nil
        }
    }

    /// The mean F1 of things whose terms stand one behind the other.
    ///
    /// - Parameter occurringOnly: whether a thing that is neither predicted nor there does not count.
    static func macroF1(_ sums: [Double], occurringOnly: Bool) -> Double {
        var (total, count) = (0.0, 0)
        for start in stride(from: 0, to: sums.count, by: 3)
        where !occurringOnly || sums[start + 1] + sums[start + 2] > 0 {
            total += f1(sums[start..<start + 3])
            count += 1
        }
        return total / Double(count)
    }

    /// Matthews' correlation coefficient of classes whose terms stand one behind the other, over `count` examples.
    static func matthewsCorrelation(_ sums: [Double], _ count: Int) -> Double {
        let total = Double(count)
        var (hits, both, predicted, actual) = (0.0, 0.0, 0.0, 0.0)
        for start in stride(from: 0, to: sums.count, by: 3) {
            hits += sums[start]
            both += sums[start + 1] * sums[start + 2]
            predicted += sums[start + 1] * sums[start + 1]
            actual += sums[start + 2] * sums[start + 2]
        }
        let spread = ((total * total - predicted) * (total * total - actual)).squareRoot()
        return spread == 0 ? 0 : (hits * total - both) / spread
    }

    private static func f1(_ terms: ArraySlice<Double>) -> Double {
        let start = terms.startIndex
        return ratio(2 * terms[start], terms[start + 1] + terms[start + 2])
    }

    /// A share; of nothing, 0.
    private static func ratio(_ part: Double, _ whole: Double) -> Double { whole == 0 ? 0 : part / whole }
}
