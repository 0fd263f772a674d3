import Configuration

/// Ends a trial whose best value so far is worse than the median of what the others had after as many evaluations.
///
/// Golovin et al. 2017, <https://dl.acm.org/doi/10.1145/3097983.3098043>, without the running mean.
struct MedianRule: StoppingRule {
    struct Settings: Config {
        var metric: String?
        var minimum = 1
        var trials = 3

        static let fields: [Field<Self>] = [
            .text("metric", \.metric, "The measure that is compared; else the one that tells which model is best."),
            .integer(
                "min_evaluations", \.minimum, in: 1...1_000_000, "The first evaluation after which a trial may end."),
            .integer("min_trials", \.trials, in: 1...10_000, "How many other trials must have come as far."),
        ]
    }

    static let name = "median"
    static let help =
        "A trial ends when its best value so far is worse than the median of the others after as many evaluations."

    private let settings: Settings

    init(_ settings: Settings) { self.settings = settings }

    var metric: String? { settings.metric }

    func stops(_ trial: [Double], among others: [[Double]]) -> Bool {
        guard !trial.isEmpty, trial.count >= settings.minimum else { return false }
        let rivals = others.filter { $0.count >= trial.count }.map { $0[trial.count - 1] }
            .sorted { Goodness.isBetter($1, than: $0) }
        guard rivals.count >= settings.trials else { return false }
        let middle = rivals.count / 2
        let median = rivals.count % 2 == 1 ? rivals[middle] : (rivals[middle - 1] + rivals[middle]) / 2
        let best = trial.reduce(Double.nan) { Goodness.isBetter($1, than: $0) ? $1 : $0 }
        return Goodness.isBetter(median, than: best)
    }
}
