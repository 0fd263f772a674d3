import Configuration
import Files
import YAML

/// The `random` section of a sweep.
struct RandomSearch: Config {
    var count = 0
    var seed = 0
    var parameters: [Parameter] = []

    /// A dotted key, and where its values come from.
    struct Parameter: Hashable, Sendable {
        var key: String
        var location: SourceLocation
        var distribution: Distribution
    }

    static let fields: [Field<Self>] = [
        .integer("count", \.count, in: 1...Product.largest, "How many draws of all parameters.", required: true),
        .integer("seed", \.seed, in: 0..., "Another seed gives other draws."),
        .foreign(
            "parameters", words: "a section of keys, each with a distribution",
            schema: ["type": "object", "minProperties": 1, "additionalProperties": Distribution.schema],
            "Keys, each with a distribution; numbers are drawn to four figures."
        ) { node, section, diagnostics in
            guard case .mapping(let pairs) = node.content, !pairs.isEmpty else {
                diagnostics.error(
                    at: node.location, "'sweep.random.parameters' must be a section of keys, each with a distribution")
                return
            }
            for pair in pairs where SweepKey.isSound(pair.key, at: pair.keyLocation, &diagnostics) {
                guard let distribution = Distribution(pair.value, of: pair.key, &diagnostics) else { continue }
                section.parameters.append(
                    Parameter(key: pair.key, location: pair.keyLocation, distribution: distribution))
            }
        },
    ]

    /// Draw number `index` of each parameter.
    ///
    /// A draw depends on the seed, its key and its number alone: a larger count, or another parameter, leaves it as it was.
    func cell(_ index: Int) -> Cell {
        Cell(
            overrides: parameters.map { parameter in
                let digest = SHA256.digest(of: "peftexp draw 1\n\(seed)\n\(parameter.key)\n\(index)").hex
                let bits = UInt64(digest.prefix(16), radix: 16) ?? 0
                let share = Double(bits >> 11) * 0x1p-53
                return Override(key: parameter.key, at: parameter.location, value: parameter.distribution.value(share))
            })
    }
}

extension Strategy {
    /// Draws from distributions, the same for the same seed.
    static let random = Strategy(
        "random", "Draws from distributions, the same for the same seed.",
        words:
            "a section with count, seed (0 unless given) and parameters: keys, each with one of uniform: [low, high], "
            + "log_uniform: [low, high], integer: [low, high] (both included), choice: [values]",
        schema: KeyDescription.schema(of: RandomSearch.keys)
    ) { node, diagnostics in
        let search = RandomSearch(node, &diagnostics)
        if case .mapping = node.content, node["parameters"] == nil {
            diagnostics.error(
                at: node.location,
                "missing 'sweep.random.parameters': keys with distributions, as in {peft.r: {integer: [4, 32]}}")
        }
        guard !search.parameters.isEmpty, search.count > 0 else { return [] }
        return (0..<search.count).map(search.cell)
    }
}
