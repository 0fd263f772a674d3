import Configuration
import YAML

extension Strategy {
    /// The first values together, the second values together, and so on; of several groups, every combination.
    static let zip = Strategy(
        "zip",
        "Keys with lists of one length, read in step: the first values, then the second; or a list of such groups.",
        words: "a section of keys, each with a list of values of one length, or a list of such sections",
        schema: ["anyOf": [.object(Axis.schema), ["type": "array", "minItems": 1, "items": .object(Axis.schema)]]]
    ) { node, diagnostics in
        var groups: [[Cell]] = []
        for group in node.elements ?? [node] { groups.append(zipped(group, &diagnostics)) }
        if groups.isEmpty { diagnostics.error(at: node.location, "'sweep.zip' is empty; name keys and their values") }
        return Product.cells(groups, at: node.location, &diagnostics)
    }

    private static func zipped(_ node: Node, _ diagnostics: inout Diagnostics) -> [Cell] {
        let axes = Axis.list(node, in: "sweep.zip", &diagnostics)
        guard let first = axes.first else { return [] }
        for axis in axes.dropFirst() where axis.values.count != first.values.count {
            diagnostics.error(
                at: axis.location,
                "'\(axis.key)' has \(axis.values.count) values, but '\(first.key)' has \(first.values.count); "
                    + "zipped lists are of one length")
            return []
        }
        return first.values.indices.map { index in
            Cell(overrides: axes.map { $0.override($0.values[index]) })
        }
    }
}
