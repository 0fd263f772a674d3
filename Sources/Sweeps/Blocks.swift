import Configuration
import YAML

extension Strategy {
    /// Named sets of overrides, one after the other.
    static let list = Strategy(
        "list", "Names, each with the values that it replaces: one after the other.",
        words: "a section of names, each with a section of keys and values",
        schema: ["type": "object", "minProperties": 1, "additionalProperties": ["type": ["object", "null"]]]
    ) { node, diagnostics in
        guard case .mapping(let blocks) = node.content, !blocks.isEmpty else {
            diagnostics.error(
                at: node.location,
                "'sweep.list' must be a section of names, each with the values that it replaces, "
                    + "as in 'low: {train.learning_rate: 1e-4}'")
            return []
        }
        return blocks.map { block in
            var overrides: [Override] = []
            if case .mapping(let pairs) = block.value.content {
                for pair in pairs where SweepKey.isSound(pair.key, at: pair.keyLocation, &diagnostics) {
                    overrides.append(Override(key: pair.key, at: pair.keyLocation, value: pair.value))
                }
            } else if !block.value.isNull {
                diagnostics.error(
                    at: block.value.location, "'\(block.key)' in sweep.list must be a section of keys and values")
            }
            return Cell(named: block.key, overrides: overrides)
        }
    }
}
