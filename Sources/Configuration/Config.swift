import YAML

/// A typed section of a manifest.
///
/// `fields` is the only description of the section: reading, writing, the JSON Schema and the explanations
/// are all read off it. A key's default is the value that `init()` gives it.
public protocol Config: Equatable, Sendable {
    /// The section with every key at its default.
    init()
    /// One field per key.
    static var fields: [Field<Self>] { get }
    /// What there is to know of a key that has no field and is no slip; nil where nothing is.
    static func advice(onUnknown key: String) -> String?
}

extension Config {
    /// Nothing is known of other keys.
    public static func advice(onUnknown key: String) -> String? { nil }

    /// Reads a section, and notes every mistake; where a value is wrong, the default stays.
    public init(_ node: Node, _ diagnostics: inout Diagnostics) {
        self.init()
        update(from: node, &diagnostics)
    }

    /// Takes over the keys that stand in `node`; nothing at all is a section without keys.
    mutating func update(from node: Node, _ diagnostics: inout Diagnostics) {
        guard let pairs = node.pairs else {
            diagnostics.reportWrong(node, expected: "a section of keys and values")
            return
        }
        for pair in pairs {
            guard let field = Self.fields.first(where: { $0.key == pair.key }) else {
                diagnostics.reportUnknown(pair, among: Self.keys, Self.advice(onUnknown: pair.key))
                continue
            }
            diagnostics.path.append(pair.key)
            field.read(pair.value, &self, &diagnostics)
            diagnostics.path.removeLast()
        }
        for field in Self.fields where field.isRequired && !pairs.contains(where: { $0.key == field.key }) {
            // A misspelt key has been told already.
            if diagnostics.doubtful.contains(diagnostics.name(of: field.key)) { continue }
            diagnostics.error(at: node.location, "missing '\(diagnostics.name(of: field.key))': \(field.help)")
        }
    }

    /// The canonical section: every key in the order of the fields, defaults included.
    public func node(paths: PathStyle = .written) -> Node {
        let pairs = Self.fields.compactMap { field in
            field.write(self, paths).map { Node.Pair(key: field.key, at: .generated, value: $0) }
        }
        return Node(.mapping(pairs), at: .generated)
    }

    /// What each key means.
    public static var keys: [KeyDescription] { Self().describedKeys() }

    /// What each key means, with the values of this section as defaults.
    func describedKeys() -> [KeyDescription] { Self.fields.map { $0.describe(self) } }

    /// The settings behind an erased value; that they are of another type is a mistake in a registry.
    public static func unwrapping(_ settings: any Config) -> Self {
        guard let settings = settings as? Self else {
            preconditionFailure("settings of type \(type(of: settings)) where \(Self.self) is expected")
        }
        return settings
    }
}

/// What becomes of paths where a section is written.
public enum PathStyle: Sendable {
    /// They are written; those that were read are absolute.
    case written
    /// They are left out, for an identity that depends on what the files hold and not on where they lie.
    case omitted
}

extension Node {
    /// The entries of a mapping; nothing at all has none.
    var pairs: [Pair]? {
        if case .mapping(let pairs) = content { return pairs }
        return isNull ? [] : nil
    }

    /// The value in a message.
    var shown: String {
        switch content {
        case .mapping: return "a section"
        case .sequence: return "a list"
        case .scalar(let scalar):
            if isNull { return "nothing" }
            let text = scalar.text.count > 40 ? scalar.text.prefix(40) + "…" : scalar.text[...]
            return scalar.isPlain ? "'\(text)'" : "the text \"\(text)\""
        }
    }
}

extension Diagnostics {
    /// Notes a key that no field has, and which one may be meant: here, or in a section below.
    mutating func reportUnknown(_ pair: Node.Pair, among keys: [KeyDescription], _ advice: String?) {
        var message = "unknown key '\(pair.key)'"
        if !path.isEmpty { message += " in \(subject)" }
        let names = keys.map(\.key)
        if let advice {
            message += "; \(advice)"
        } else if let meant = Suggestion.nearest(to: pair.key, among: names) {
            message += "; did you mean '\(meant)'?"
            doubt(name(of: meant))
        } else if let below = keys.lazy.compactMap({ $0.dottedKey(endingIn: pair.key) }).first {
            message += "; did you mean '\(name(of: below))'?"
            doubt(name(of: below))
        } else if names.count <= 16 {
            message += "; the keys are \(names.joined(separator: ", "))"
        }
        error(at: pair.keyLocation, message)
    }
}
