/// One class of several, predicted for each example.
struct ClassOutcomes: Outcomes {
    static let kind = "classes"

    /// The index of the predicted class: `[examples]`.
    var predicted: [Int]
    /// The index of the right class: `[examples]`.
    var actual: [Int]
    /// The class that binary measures are about.
    var positiveClass = 1

    /// The share of right classes.
    var accuracy: Double { zip(predicted, actual).map { $0 == $1 ? 1 : 0 }.mean }

    /// The agreement on the positive class.
    var positive: Agreement { agreement(on: positiveClass) }

    /// The mean F1 of all classes that are predicted or right somewhere.
    var macroF1: Double { occurring.map { agreement(on: $0).f1 }.mean }

    /// The correlation of predicted and right classes, for any number of classes; 0 where one of them does not vary.
    ///
    ///     (hits · n - Σ predicted(c) · actual(c)) / √((n² - Σ predicted(c)²) (n² - Σ actual(c)²))
    ///
    /// Matthews, 1975; for several classes Gorodkin, 2004.
    var matthewsCorrelation: Double {
        let counts = occurring.map(agreement)
        let total = Double(actual.count)
        func sum(_ term: (Agreement) -> Double) -> Double { counts.map(term).reduce(0, +) }
        let together = sum { Double($0.hits) } * total - sum { Double($0.predicted) * Double($0.actual) }
        let predictedSpread = total * total - sum { Double($0.predicted) * Double($0.predicted) }
        let actualSpread = total * total - sum { Double($0.actual) * Double($0.actual) }
        let spread = (predictedSpread * actualSpread).squareRoot()
        return spread == 0 ? 0 : together / spread
    }

    private var occurring: [Int] { Set(predicted + actual).sorted() }

    private func agreement(on category: Int) -> Agreement {
        var agreement = Agreement()
        for (predicted, actual) in zip(predicted, actual) {
            agreement.count(predicted: predicted == category, actual: actual == category)
        }
        return agreement
    }
}
