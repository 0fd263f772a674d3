/// One value of a YAML, JSON or property-list text, with the place where it stands.
public struct Node: Hashable, Sendable {
    /// What a node holds.
    public enum Content: Hashable, Sendable {
        /// A single value, not yet given a type.
        case scalar(Scalar)
        /// Values in order.
        case sequence([Node])
        /// Keys and values in the order of the text; keys are unique.
        case mapping([Pair])
    }

    /// A scalar as it was written; what type it has is decided by who reads it.
    public struct Scalar: Hashable, Sendable {
        /// The text, escapes resolved.
        public var text: String
        /// Whether it stood without quotes, so that it may be a number, a truth value or null.
        public var isPlain: Bool

        /// A scalar with `text`; `isPlain` when it stood without quotes.
        public init(_ text: String, isPlain: Bool) {
            self.text = text
            self.isPlain = isPlain
        }
    }

    /// One entry of a mapping.
    public struct Pair: Hashable, Sendable {
        /// The key's text.
        public var key: String
        /// Where the key stands.
        public var keyLocation: SourceLocation
        /// The value.
        public var value: Node

        /// The entry `key: value`.
        public init(key: String, at keyLocation: SourceLocation, value: Node) {
            self.key = key
            self.keyLocation = keyLocation
            self.value = value
        }
    }

    /// The value.
    public var content: Content
    /// Where the value stands.
    public var location: SourceLocation

    /// A value at a place.
    public init(_ content: Content, at location: SourceLocation) {
        self.content = content
        self.location = location
    }
}

extension Node {
    /// The value under `key`, when this is a mapping that has it.
    public subscript(key: String) -> Node? {
        guard case .mapping(let pairs) = content else { return nil }
        return pairs.first { $0.key == key }?.value
    }

    /// The elements, when this is a sequence.
    public var elements: [Node]? {
        guard case .sequence(let nodes) = content else { return nil }
        return nodes
    }

    /// The scalar, when this is one.
    public var scalar: Scalar? {
        guard case .scalar(let scalar) = content else { return nil }
        return scalar
    }
}
