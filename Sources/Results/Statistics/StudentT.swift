import Foundation

/// Student's t distribution.
enum StudentT {
    /// How likely a value is to lie further from 0 than `t`, on either side.
    ///
    ///     I_x(freedom / 2, 1 / 2)        x = freedom / (freedom + t²)
    ///
    /// - Parameter freedom: degrees of freedom, above 0.
    static func tails(beyond t: Double, freedom: Double) -> Double {
        guard t.isFinite else { return t.isNaN ? .nan : 0 }
        // The part of the square decides near 0, the rest far from it: neither may be lost in 1 - x.
        let whole = freedom + t * t
        return IncompleteBeta.share(freedom / whole, rest: t * t / whole, freedom / 2, 0.5)
    }

    /// The `t` beyond which, to either side, lie `tails` of all values.
    ///
    /// - Parameter tails: above 0 and below 1, as 0.05 for a 95% interval.
    static func quantile(tails: Double, freedom: Double) -> Double {
        var upper = 1.0
        while self.tails(beyond: upper, freedom: freedom) > tails, upper.isFinite { upper *= 2 }
        var lower = 0.0
        while true {
            let middle = lower + (upper - lower) / 2
            guard middle > lower, middle < upper else { return middle }
            if self.tails(beyond: middle, freedom: freedom) > tails { lower = middle } else { upper = middle }
        }
    }
}

/// The regularised incomplete beta function.
enum IncompleteBeta {
    private static let roundLimit = 500
    private static let tiny = 1e-300

    /// I_x(a, b), where `rest` is 1 - x.
    static func share(_ x: Double, rest: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard rest > 0 else { return 1 }
        // The fraction converges fast on one side of the mean only; one of both is always at it or below.
        guard x <= (a + 1) / (a + b + 2) else { return 1 - share(rest, rest: x, b, a) }
        let factor = exp(a * log(x) + b * log(rest) - logBeta(a, b)) / a
        return factor * fraction(x, a, b)
    }

    /// log of Γ(a) Γ(b) / Γ(a + b)
    private static func logBeta(_ a: Double, _ b: Double) -> Double {
        logGamma(a) + logGamma(b) - logGamma(a + b)
    }

    /// log Γ(x) for x > 0, by Stirling's series where that is exact enough.
    private static func logGamma(_ x: Double) -> Double {
        var (x, shift) = (x, 0.0)
        while x < 15 {
            shift += log(x)
            x += 1
        }
        let square = 1 / (x * x)
        let series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / x
        return (x - 0.5) * log(x) - x + 0.5 * log(2 * .pi) + series - shift
    }

    /// The continued fraction, by the method of Lentz.
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        func guarded(_ value: Double) -> Double { value.magnitude < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / guarded(1 - (a + b) * x / (a + 1))
        var result = d
        for round in 1...roundLimit {
            let m = Double(round)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / guarded(1 + even * d)
            c = guarded(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / guarded(1 + odd * d)
            c = guarded(1 + odd / c)
            result *= d * c
            if (d * c - 1).magnitude < 1e-16 { break }
        }
        return result
    }
}
