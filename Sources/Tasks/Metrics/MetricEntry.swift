/// What metrics are computed from: what was predicted, beside what is right.
public protocol Outcomes: Sendable {
    /// What is predicted, in the plural.
    static var kind: String { get }
}

/// One measure that a manifest can name; several kinds of predictions may have one of the same name.
public struct MetricEntry: Sendable {
    /// Its name, as in scikit-learn, scipy or seqeval.
    public let name: String
    /// What it says.
    public let help: String
    /// What it is computed from.
    public let outcomes: any Outcomes.Type
    /// Whether more is better.
    public let isHigherBetter: Bool
    private let value: @Sendable (any Outcomes) -> Double

    /// A measure, computed by `value` from outcomes of its kind; more is better unless said.
    init<Kind: Outcomes>(
        _ name: String, _ help: String, isHigherBetter: Bool = true, _ value: @escaping @Sendable (Kind) -> Double
    ) {
        self.name = name
        self.help = help
        self.isHigherBetter = isHigherBetter
        outcomes = Kind.self
        self.value = { outcomes in
            guard let outcomes = outcomes as? Kind else {
                preconditionFailure("\(name): \(type(of: outcomes).kind) where \(Kind.kind) are expected")
            }
            return value(outcomes)
        }
    }

    /// The measure of `outcomes`, which are of the entry's kind; not a number where it is not defined for them.
    ///
    /// - Parameter prefix: put in front of the name.
    func metric(of outcomes: any Outcomes, prefix: String = "") -> Metric {
        Metric(prefix + name, value(outcomes), isHigherBetter: isHigherBetter)
    }
}
