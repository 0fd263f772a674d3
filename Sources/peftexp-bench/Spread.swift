/// Measurements of the same thing, seen as one: the middle, the least and the most.
package struct Spread: Equatable {
    /// Half of the values lie below, half above.
    package let median: Double
    /// The smallest value.
    package let least: Double
    /// The largest value.
    package let most: Double

    /// Nil of no values; what is not a finite number is left out.
    package init?(_ values: [Double]) {
        let sorted = values.filter(\.isFinite).sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        let middle = sorted.count / 2
        median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        (least, most) = (first, last)
    }

    /// The median, with the range behind it where there is one: `3410 (3126 to 3504)`.
    package func text(_ format: (Double) -> String) -> String {
        least == most ? format(median) : "\(format(median)) (\(format(least)) to \(format(most)))"
    }
}
