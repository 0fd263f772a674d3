/// A measure of a set of examples, taken apart so that it can be computed for any selection of them.
///
/// Each example has a row of terms. Nearly every measure is made of their sums: the share of right answers, an F1 of what was found
/// in all examples, a correlation. A measure of ranks needs the rows.
struct ExampleMeasure: Sendable {
    /// How the measure comes from the terms of `count` examples; not a number where it is not defined.
    enum Rule: Sendable {
        /// From the sums of each term: `[width]`.
        case sums(@Sendable (_ sums: [Double], _ count: Int) -> Double)
        /// From the rows: `[count, width]`.
        case rows(@Sendable (_ rows: [Double], _ count: Int) -> Double)
    }

    /// The terms of an example.
    let width: Int
    /// The terms of all examples: `[examples, width]`.
    let terms: [Double]
    let rule: Rule

    /// The number of examples.
    var count: Int { terms.count / width }

    /// A measure of examples whose terms are the `rows`, all of which have `width` numbers.
    init(width: Int = 1, _ rows: [[Double]], _ rule: Rule) {
        precondition(width > 0 && rows.allSatisfy { $0.count == width }, "a measure whose rows differ in length")
        self.width = width
        terms = Array(rows.joined())
        self.rule = rule
    }

    private init(width: Int, terms: [Double], _ rule: Rule) {
        self.width = width
        self.terms = terms
        self.rule = rule
    }

    /// The mean of one number for each example, times `factor`.
    static func mean(_ values: [Double], factor: Double = 1) -> ExampleMeasure {
        ExampleMeasure(width: 1, terms: values, .sums { sums, count in factor * sums[0] / Double(count) })
    }

    /// The measure of these examples only, in this order.
    func selecting(_ examples: [Int]) -> ExampleMeasure {
        ExampleMeasure(width: width, terms: examples.flatMap(row), rule)
    }

    /// The terms of one example.
    func row(_ example: Int) -> ArraySlice<Double> { terms[example * width..<(example + 1) * width] }

    /// The measure of all examples.
    var value: Double { value(of: terms) }

    /// The measure of examples with these rows: `[any, width]`.
    func value(of rows: [Double]) -> Double {
        let count = rows.count / width
        switch rule {
        case .rows(let rule): return rule(rows, count)
        case .sums(let rule):
            var sums = [Double](repeating: 0, count: width)
            for (place, term) in rows.enumerated() { sums[place % width] += term }
            return rule(sums, count)
        }
    }
}
