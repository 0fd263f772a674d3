/// A range that holds a value in 95 of 100 cases.
public struct Interval: Hashable, Sendable {
    /// The share of the cases in which it does not.
    static let tails = 0.05

    /// Its lower end.
    public var lower: Double
    /// Its upper end.
    public var upper: Double

    /// The range `center` ± `half`.
    static func around(_ center: Double, half: Double) -> Interval {
        Interval(lower: center - half, upper: center + half)
    }
}

/// What is known of a quantity that was measured several times: how often, the mean, the spread.
public struct Sample: Hashable, Sendable {
    /// How many values there are.
    public let count: Int
    /// Their mean.
    public let mean: Double
    /// Their standard deviation; nil for a single value, which tells nothing of it.
    public let deviation: Double?

    /// The sample of `values`; nil where there is none.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        count = values.count
        // The sum of the differences from the first value is exact where all are equal.
        let first = values[0]
        let mean = first + values.reduce(0) { $0 + ($1 - first) } / Double(values.count)
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : nil
    }

    /// A sample of which somebody else has told the figures.
    ///
    /// - Parameter half: half the width of the mean's 95% interval.
    init(count: Int, mean: Double, half: Double?) {
        self.count = count
        self.mean = mean
        deviation = half.flatMap { half in
            count > 1
                ? half * Double(count).squareRoot()
                    / StudentT.quantile(tails: Interval.tails, freedom: Double(count - 1))
                : nil
        }
    }

    /// Half the width of the 95% interval of the mean, by Student's t; nil for a single value.
    ///
    ///     t(0.975, count - 1) · deviation / √count
    public var half: Double? {
        deviation.map {
            StudentT.quantile(tails: Interval.tails, freedom: Double(count - 1)) * $0 / Double(count).squareRoot()
        }
    }
}

/// By how much one mean exceeds another one, and how sure that is.
public struct MeanDifference: Hashable, Sendable {
    /// The difference, the second minus the first.
    public let value: Double
    /// Its 95% interval.
    public let interval: Interval
    /// How likely a difference this far from 0 is where there is none.
    public let p: Double
    /// The degrees of freedom of Student's t.
    public let freedom: Double
    /// Whether each value of one side belongs to one of the other.
    public let isPaired: Bool

    /// The difference of values that belong together in pairs; nil for fewer than two pairs.
    static func paired(_ first: [Double], _ second: [Double]) -> MeanDifference? {
        guard first.count == second.count, let sample = Sample(zip(first, second).map { $1 - $0 }),
            let deviation = sample.deviation
        else { return nil }
        let error = deviation / Double(sample.count).squareRoot()
        return MeanDifference(sample.mean, error, freedom: Double(sample.count - 1), isPaired: true)
    }

    /// The difference of two samples that have nothing to do with each other and may spread differently (Welch, 1947); nil where
    /// one of them is a single value.
    static func welch(_ first: Sample, _ second: Sample) -> MeanDifference? {
        guard let a = first.deviation, let b = second.deviation else { return nil }
        let (aPart, bPart) = (a * a / Double(first.count), b * b / Double(second.count))
        let total = aPart + bPart
        let below = aPart * aPart / Double(first.count - 1) + bPart * bPart / Double(second.count - 1)
        // Where nothing varies, any number of degrees says the same.
        let freedom = below > 0 ? total * total / below : Double(first.count + second.count - 2)
        return MeanDifference(second.mean - first.mean, total.squareRoot(), freedom: freedom, isPaired: false)
    }

    /// - Parameter error: the standard error of `value`.
    private init(_ value: Double, _ error: Double, freedom: Double, isPaired: Bool) {
        self.value = value
        self.freedom = freedom
        self.isPaired = isPaired
        interval = .around(value, half: error * StudentT.quantile(tails: Interval.tails, freedom: freedom))
        p = error > 0 ? StudentT.tails(beyond: value / error, freedom: freedom) : value == 0 ? 1 : 0
    }
}
