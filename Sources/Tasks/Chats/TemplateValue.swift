import YAML

/// A value that a chat template reads.
enum TemplateValue: Hashable, Sendable {
    /// No value: the name that has none.
    case undefined(String)
    /// Nothing.
    case none
    /// True or false.
    case boolean(Bool)
    /// A whole number.
    case integer(Int)
    /// A text.
    case text(String)
    /// Values in order.
    case list([TemplateValue])
    /// Values by name.
    case mapping([String: TemplateValue])
    /// The names that a template sets in what `namespace()` gave, by its number.
    case namespace(Int)
    /// How far a loop is.
    case loop(index: Int, count: Int)
    /// Another number, which can only be passed on.
    case number(Double)
}

extension TemplateValue {
    /// The value of a JSON value.
    init(_ value: JSON) {
        switch value {
        case .null: self = .none
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let value): self = .text(value)
        case .array(let values): self = .list(values.map(Self.init))
        case .object(let values): self = .mapping(values.mapValues(Self.init))
        }
    }

    /// A message with all that stands in it.
    init(_ message: ChatMessage) {
        var values = message.others.mapValues(Self.init)
        values["role"] = .text(message.role)
        values["content"] = .text(message.content)
        self = .mapping(values)
    }

    /// What it is, in words.
    var kind: String {
        switch self {
        case .undefined(let name): "'\(name)', which has no value,"
        case .none: "none"
        case .boolean: "a truth value"
        case .integer, .number: "a number"
        case .text: "a text"
        case .list: "a list"
        case .mapping: "a mapping"
        case .namespace: "a namespace"
        case .loop: "a loop"
        }
    }

    /// Whether it counts as true, as in Python.
    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .number(let value): value != 0
        case .text(let value): !value.isEmpty
        case .list(let values): !values.isEmpty
        case .mapping(let values): !values.isEmpty
        case .namespace: true
        case .loop: true
        }
    }

    /// The text that stands for it where it is written, as in Python; nil where a template should not write it.
    var written: String? {
        switch self {
        case .undefined: ""
        case .none: "None"
        case .boolean(let value): value ? "True" : "False"
        case .integer(let value): "\(value)"
        case .text(let value): value
        case .list, .mapping, .namespace, .loop, .number: nil
        }
    }

    /// How many lists and mappings stand in each other.
    var depth: Int {
        switch self {
        case .list(let values): 1 + (values.lazy.map(\.depth).max() ?? 0)
        case .mapping(let values): 1 + (values.values.lazy.map(\.depth).max() ?? 0)
        default: 0
        }
    }

    /// Whether both are the same; texts are by their scalars, and truth values are numbers, as in Python.
    func equals(_ other: Self) -> Bool {
        switch (self, other) {
        case (.text(let one), .text(let two)): one.unicodeScalars.elementsEqual(two.unicodeScalars)
        case (.undefined, .undefined): true
        case (.boolean(let one), .integer(let two)), (.integer(let two), .boolean(let one)): (one ? 1 : 0) == two
        case (.list(let one), .list(let two)):
            one.count == two.count && zip(one, two).allSatisfy { $0.equals($1) }
        default: self == other
        }
    }
}
