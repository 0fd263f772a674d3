import Configuration

/// The keys of the `train` section that say whether what the frozen part of the model makes of each example is computed once and kept.
///
/// Results do not depend on them, but for the rounding of products that have other examples beside them.
public struct ActivationSettings: Config {
    /// Where it is kept.
    public enum Place: String, CaseIterable, Sendable {
        case auto, off, memory, disk
    }

    /// Where it is kept.
    public var place = Place.auto
    /// What it may take, in units of 10⁹ bytes; nil for the usual.
    public var gigabytes: Double?

    /// The defaults.
    public init() {}

    /// One field per key.
    public static let fields: [Field<Self>] = [
        .choice(
            "activation_cache", \.place,
            "Where to keep what the layers below all that is trained make of each example, so that they run once and not in each epoch: "
                + "in memory, on disk for later runs too, not at all (off), or as it pays (auto: in memory, in sweeps on disk)."
        ),
        .number(
            "activation_cache_gb", \.gigabytes, in: Bounds.above(0, through: 1e6),
            "GB (10⁹ bytes) that this may take in memory, or on disk that of all runs together; 4 unless given. What does not fit is "
                + "computed in each epoch."),
    ]

    /// What it may take.
    public var bytes: Int { Int((gigabytes ?? 4) * 1e9) }

    /// Keys that are right alone and not together.
    var contradictions: [Contradiction] {
        guard place == .off, gigabytes != nil else { return [] }
        return [
            Contradiction(
                key: "activation_cache_gb", with: "activation_cache",
                message: "with 'activation_cache: off' nothing is kept")
        ]
    }
}
