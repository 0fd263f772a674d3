import Configuration
import YAML

/// The `sweep` section of a manifest: many trials that are each the manifest with some values replaced.
public struct SweepSettings: Config {
    /// The cells of each strategy that is used, by its name.
    var cellsByStrategy: [String: [Cell]] = [:]
    /// A trial that meets one of these is dropped.
    public var exclude: [Condition] = []
    /// Where there are any, a trial that meets none of these is dropped.
    public var only: [Condition] = []
    /// The rule by which trials are ended before their time.
    public var earlyStopping: Tagged<StoppingEntry>?

    /// No sweep.
    public init() {}

    /// Whether there is a sweep.
    public var isPresent: Bool { !cellsByStrategy.isEmpty }

    /// The keys: one for each strategy, and what is said of all trials.
    public static let fields: [Field<Self>] =
        strategies.map { strategy in
            .foreign(strategy.name, words: strategy.words, schema: strategy.schema, strategy.help) {
                node, section, diagnostics in
                section.cellsByStrategy[strategy.name] = strategy.cells(node, &diagnostics)
            }
        } + [
            .foreign(
                "exclude", words: "a section of keys and values, or a list of such sections", schema: Condition.schema,
                "Drops the trials in which all keys of one section have the given value, or one of a list of values."
            ) { node, section, diagnostics in
                section.exclude = Condition.list(node, in: "sweep.exclude", &diagnostics)
            },
            .foreign(
                "only", words: "a section of keys and values, or a list of such sections", schema: Condition.schema,
                "Drops the trials that meet none of these; written like exclude."
            ) { node, section, diagnostics in
                section.only = Condition.list(node, in: "sweep.only", &diagnostics)
            },
            .tagged(
                "early_stopping", \.earlyStopping, tag: "strategy", stoppingRules,
                "When a trial is ended before its time, because others did better."),
        ]

    /// Every combination of the strategies' cells, conditions aside.
    ///
    /// - Parameter location: where the section stands.
    public func cells(at location: SourceLocation, _ diagnostics: inout Diagnostics) -> [Cell] {
        let groups = strategies.compactMap { cellsByStrategy[$0.name] }
        var known: [String: SourceLocation] = [:]
        for group in groups {
            // Blocks of one list may replace the same keys, since only one of them is in force.
            var own: [String: SourceLocation] = [:]
            for override in group.flatMap(\.overrides) where own[override.key] == nil {
                own[override.key] = override.location
                if let first = known[override.key] {
                    diagnostics.error(
                        at: override.location, "'\(override.key)' is swept twice; it stands first at \(first)")
                }
            }
            known.merge(own) { first, _ in first }
        }
        // One without cells has had its mistake noted; the others may have mistakes of their own.
        return Product.cells(groups.filter { !$0.isEmpty }, at: location, &diagnostics)
    }
}
