import Configuration

/// Asynchronous successive halving: at each rung the better part goes on.
///
///     rungs at   min_evaluations · reduction_factorᵏ   evaluations, k = 0, 1, 2, …
///
/// A trial that reaches a rung goes on when it is among the best `1 / reduction_factor` of those that have reached it so far, itself
/// included; nobody is waited for. So the first trials are judged by few others, and with several jobs the order in which
/// trials reach a rung, and with it the decision, depends on time. Li et al. 2020, <https://arxiv.org/abs/1810.05934>.
struct SuccessiveHalving: StoppingRule {
    struct Settings: Config {
        var metric: String?
        var factor = 3
        var minimum = 1

        static let fields: [Field<Self>] = [
            .text("metric", \.metric, "The measure that is compared; else the one that tells which model is best."),
            .integer("reduction_factor", \.factor, in: 2...100, "One in so many trials goes on at each rung."),
            .integer("min_evaluations", \.minimum, in: 1...1_000_000, "The evaluation at which the first rung is."),
        ]
    }

    static let name = "asha"
    static let help =
        "At the evaluations min_evaluations · reduction_factorᵏ, a trial ends unless it is among the best part (successive halving)."

    private let settings: Settings

    init(_ settings: Settings) { self.settings = settings }

    var metric: String? { settings.metric }

    func stops(_ trial: [Double], among others: [[Double]]) -> Bool {
        guard let value = trial.last, isRung(trial.count) else { return false }
        let rivals = others.filter { $0.count >= trial.count }.map { $0[trial.count - 1] }
        let places = max(1, (rivals.count + 1) / settings.factor)
        return rivals.count { Goodness.isBetter($0, than: value) } >= places
    }

    private func isRung(_ evaluations: Int) -> Bool {
        var rung = settings.minimum
        while rung < evaluations {
            let (next, overflow) = rung.multipliedReportingOverflow(by: settings.factor)
            if overflow { return false }
            rung = next
        }
        return rung == evaluations
    }
}

/// How good a value is, where a larger one is better.
enum Goodness {
    /// Whether `left` is better; what is not a number is worse than any.
    static func isBetter(_ left: Double, than right: Double) -> Bool {
        right.isNaN ? !left.isNaN : left > right
    }
}
