import Configuration
import YAML

/// A dotted key and the values that it takes in turn.
struct Axis {
    var key: String
    var location: SourceLocation
    var values: [Node]

    /// The override for one of the values.
    func override(_ value: Node) -> Override { Override(key: key, at: location, value: value) }

    /// Reads `train.learning_rate: [1e-3, 1e-2]`, or the same with sections inside one another.
    ///
    /// An axis from the command line takes the place of one in the file.
    static func list(_ node: Node, in section: String, _ diagnostics: inout Diagnostics) -> [Axis] {
        guard case .mapping(let pairs) = node.content else {
            diagnostics.error(at: node.location, "'\(section)' must be a section of keys, each with a list of values")
            return []
        }
        var axes: [Axis] = []
        add(pairs, below: "", in: section, to: &axes, &diagnostics)
        if pairs.isEmpty { diagnostics.error(at: node.location, "'\(section)' is empty; name a key and its values") }
        return axes
    }

    private static func add(
        _ pairs: [Node.Pair], below prefix: String, in section: String, to axes: inout [Axis],
        _ diagnostics: inout Diagnostics
    ) {
        for pair in pairs {
            let key = prefix + pair.key
            switch pair.value.content {
            case .mapping(let pairs) where !pairs.isEmpty:
                add(pairs, below: "\(key).", in: section, to: &axes, &diagnostics)
            case .sequence(let values):
                guard SweepKey.isSound(key, at: pair.keyLocation, &diagnostics) else { continue }
                guard !values.isEmpty else {
                    diagnostics.error(
                        at: pair.value.location, "'\(key)' has no values: give at least one, or remove the line")
                    continue
                }
                let axis = Axis(key: key, location: pair.keyLocation, values: values)
                if let index = axes.firstIndex(where: { $0.key == key }) {
                    if axis.location.file == Override.file {
                        axes[index] = axis
                    } else {
                        diagnostics.error(
                            at: pair.keyLocation, "'\(key)' is swept twice; it stands first at \(axes[index].location)")
                    }
                } else {
                    axes.append(axis)
                }
            case .scalar, .mapping:
                let hint = pair.value.scalar.map { $0.text.isEmpty ? "" : "; write [\($0.text)]" } ?? ""
                diagnostics.error(at: pair.value.location, "'\(key)' in \(section) must be a list of values\(hint)")
            }
        }
    }

    /// Keys with lists of values, as JSON Schema.
    static let schema: [String: JSON] = [
        "type": "object",
        "additionalProperties": ["type": ["array", "object"], "minItems": 1],
    ]
}
