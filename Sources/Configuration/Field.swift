import YAML

/// One key of a section: its name, its meaning, its range, and how it is read and written.
public struct Field<Section: Config>: Sendable {
    /// The key as it stands in a manifest.
    public let key: String
    /// One sentence on its meaning.
    public let help: String
    /// Whether it must be given.
    public let isRequired: Bool

    let read: @Sendable (Node, inout Section, inout Diagnostics) -> Void
    let write: @Sendable (Section, PathStyle) -> Node?
    /// What the key may hold, with the values of a section as defaults.
    let kind: @Sendable (Section) -> KeyDescription.Kind

    func describe(_ section: Section) -> KeyDescription {
        KeyDescription(key: key, help: help, isRequired: isRequired, kind: kind(section))
    }
}

/// How the value of a key is read, written and told.
struct ValueType<Value: Sendable>: Sendable {
    /// `a number above 0`
    var words: String
    /// The same as JSON Schema.
    var schema: [String: JSON]
    /// The value; without one, the mistake is noted.
    var read: @Sendable (Node, inout Diagnostics) -> Value?
    /// The value as it is read back.
    var write: @Sendable (Value) -> Node
    /// Whether it is the path of a file or folder.
    var isPath = false

    /// The same type, for which `null` stands for no value.
    var optional: ValueType<Value?> {
        var schema = schema
        switch schema["type"] {
        case .array(let types): schema["type"] = .array(types + ["null"])
        case let type?: schema["type"] = [type, "null"]
        case nil: break
        }
        if case .array(let forms)? = schema["anyOf"] { schema["anyOf"] = .array(forms + [["type": "null"]]) }
        if case .array(let values)? = schema["enum"] { schema["enum"] = .array(values + [.null]) }
        return ValueType<Value?>(
            words: words, schema: schema,
            read: { node, diagnostics in
                if node.isNull { return .some(nil) }
                return read(node, &diagnostics).map { .some($0) }
            },
            write: { $0.map(write) ?? Node(.null) }, isPath: isPath)
    }
}

extension Field {
    /// A key whose value is a single `type`.
    init<Value: Sendable>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Value> & Sendable, _ type: ValueType<Value>,
        _ help: String, required: Bool
    ) {
        self.init(
            key: key, help: help, isRequired: required,
            read: { node, section, diagnostics in
                if let value = type.read(node, &diagnostics) { section[keyPath: keyPath] = value }
            },
            write: { section, paths in
                type.isPath && paths == .omitted ? nil : type.write(section[keyPath: keyPath])
            },
            kind: { section in
                let value = required ? nil : type.write(section[keyPath: keyPath])
                return .value(words: type.words, schema: type.schema, default: value)
            })
    }
}

extension Diagnostics {
    /// Notes that the value of the key being read is not `words`.
    mutating func reportWrong(_ node: Node, expected words: String, hint: String? = nil) {
        doubt(path.joined(separator: "."))
        error(at: node.location, "\(subject) must be \(words), not \(node.shown)" + (hint.map { "; \($0)" } ?? ""))
    }
}
