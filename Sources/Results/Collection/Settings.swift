import YAML

/// What a manifest says, key by key: the values under their dotted names, in its order.
public struct Settings: Hashable, Sendable {
    /// One key with its value.
    public struct Setting: Hashable, Sendable {
        /// The dotted name, as in `train.learning_rate`; `peft.0.r` in a list of sections.
        public let key: String
        /// The value; a list of values is one.
        public let value: JSON
    }

    /// The seed's key, which is no setting when runs are grouped.
    public static let seedKey = "seed"

    /// The keys in their order.
    public let list: [Setting]
    private let values: [String: JSON]

    /// These keys; of a key that stands twice, the first counts.
    init(_ list: [(key: String, value: JSON)]) {
        self.list = list.map { Setting(key: $0.key, value: $0.value) }
        values = Dictionary(list.map { ($0.key, $0.value) }) { first, _ in first }
    }

    /// The values of a manifest.
    public init(_ manifest: Node) {
        var list: [(key: String, value: JSON)] = []
        Self.collect(manifest, "", &list)
        self.init(list)
    }

    private static func collect(_ node: Node, _ name: String, _ list: inout [(key: String, value: JSON)]) {
        func below(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }
        switch node.content {
        case .mapping(let pairs) where !pairs.isEmpty || name.isEmpty:
            for pair in pairs { collect(pair.value, below(pair.key), &list) }
        case .sequence(let nodes) where nodes.contains { $0.scalar == nil }:
            for (place, node) in nodes.enumerated() { collect(node, below("\(place)"), &list) }
        default: list.append((name, JSON(node)))
        }
    }

    /// The value of a key; nil where the manifest does not have it.
    public subscript(key: String) -> JSON? { values[key] }

    /// The keys in their order.
    public var keys: [String] { list.map(\.key) }

    /// All but these keys.
    func without(_ keys: Set<String>) -> Settings {
        Settings(list.filter { !keys.contains($0.key) }.map { ($0.key, $0.value) })
    }
}

extension JSON {
    /// The value as people read it: texts without quotes, lists and objects on one line.
    var plainText: String {
        switch self {
        case .string(let text): text
        default: compactText
        }
    }

    /// The number, if it is one.
    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// Whether both are the same value: `8` and `8.0` are.
    func isSame(as other: JSON) -> Bool {
        if let number = double, let otherNumber = other.double { return number == otherNumber }
        return self == other
    }
}
