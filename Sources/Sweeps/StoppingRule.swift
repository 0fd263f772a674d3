import Configuration

/// A rule that ends a trial before its time, by what its evaluations say beside those of other trials.
public protocol StoppingRule: Sendable {
    /// The keys beside `strategy`.
    associatedtype Settings: Config
    /// The name by which a manifest asks for it.
    static var name: String { get }
    /// What it does, in one sentence.
    static var help: String { get }

    /// The rule with these settings.
    init(_ settings: Settings)

    /// The measure that is compared; nil for the one that tells which model is best.
    var metric: String? { get }

    /// Whether a trial ends now.
    ///
    /// - Parameters:
    ///   - trial: what its evaluations gave so far, larger is better; the last is new.
    ///   - others: the same of the other trials, as far as they have come.
    func stops(_ trial: [Double], among others: [[Double]]) -> Bool
}

/// One rule that a manifest can name.
public struct StoppingEntry: RegistryEntry {
    /// The name by which a manifest asks for it.
    public let name: String
    /// What it does.
    public let help: String
    /// The keys beside `strategy`.
    public let section: SectionDescription
    /// The rule with the settings that were read for it.
    public let make: @Sendable (any Config) -> any StoppingRule

    init<Rule: StoppingRule>(_: Rule.Type) {
        name = Rule.name
        help = Rule.help
        section = SectionDescription(Rule.Settings.self)
        make = { Rule(Rule.Settings.unwrapping($0)) }
    }
}

/// Lets every trial come to its end.
struct NeverStopping: StoppingRule {
    struct Settings: Config {
        static let fields: [Field<Self>] = []
    }

    static let name = "none"
    static let help = "Every trial comes to its end."

    init(_: Settings) {}

    var metric: String? { nil }

    func stops(_: [Double], among _: [[Double]]) -> Bool { false }
}
