/// How many of the things that were predicted are right, and how many right things there are.
///
///     precision = hits / predicted        recall = hits / actual        F1 = 2 · hits / (predicted + actual)
///
/// What has nothing below the line is 0.
struct Agreement: Hashable {
    /// Right predictions.
    var hits = 0
    /// All predictions.
    var predicted = 0
    /// All things to be found.
    var actual = 0

    /// The share of the predictions that are right.
    var precision: Double { predicted == 0 ? 0 : Double(hits) / Double(predicted) }
    /// The share of the things that are found.
    var recall: Double { actual == 0 ? 0 : Double(hits) / Double(actual) }
    /// The harmonic mean of both.
    var f1: Double { predicted + actual == 0 ? 0 : 2 * Double(hits) / Double(predicted + actual) }

    /// Counts one example for which a thing is predicted or not, and holds or not.
    mutating func count(predicted isPredicted: Bool, actual isActual: Bool) {
        if isPredicted { predicted += 1 }
        if isActual { actual += 1 }
        if isPredicted && isActual { hits += 1 }
    }
}

extension Collection where Element == Double {
    /// The mean; not a number where there is none.
    var mean: Double { isEmpty ? .nan : reduce(0, +) / Double(count) }
}
