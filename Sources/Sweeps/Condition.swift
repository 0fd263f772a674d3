import Configuration
import YAML

/// Values that keys of a trial may have: it is met when every key has one of those given for it.
public struct Condition: Hashable, Sendable {
    /// A dotted key and the values that meet the condition.
    public struct Test: Hashable, Sendable {
        /// The key, and where it stands.
        public let key: String, location: SourceLocation
        let values: [Node]
    }

    /// One test for each key.
    public let tests: [Test]

    /// Reads `{peft.r: [32, 64], train.learning_rate: 1e-2}`.
    init?(_ node: Node, in section: String, _ diagnostics: inout Diagnostics) {
        guard case .mapping(let pairs) = node.content, !pairs.isEmpty else {
            diagnostics.error(
                at: node.location,
                "a condition in \(section) must be a section of keys, each with a value or a list of values")
            return nil
        }
        tests = pairs.map { pair in
            Test(key: pair.key, location: pair.keyLocation, values: pair.value.elements ?? [pair.value])
        }
    }

    /// Reads a condition or a list of them.
    static func list(_ node: Node, in section: String, _ diagnostics: inout Diagnostics) -> [Condition] {
        var conditions: [Condition] = []
        for node in node.elements ?? [node] {
            if let condition = Condition(node, in: section, &diagnostics) { conditions.append(condition) }
        }
        return conditions
    }

    /// Whether it is met where a key has the values that `values` gives for it: as it was written, and as it was read.
    public func isMet(_ values: (String) -> [Node]) -> Bool {
        tests.allSatisfy { test in
            values(test.key).contains { value in test.values.contains { Self.isEqual($0, value) } }
        }
    }

    private static func isEqual(_ left: Node, _ right: Node) -> Bool {
        if let left = left.number, let right = right.number { return left == right }
        return JSON(left) == JSON(right)
    }

    static let schema: [String: JSON] = [
        "anyOf": [
            ["type": "object", "minProperties": 1],
            ["type": "array", "items": ["type": "object", "minProperties": 1]],
        ]
    ]
}
