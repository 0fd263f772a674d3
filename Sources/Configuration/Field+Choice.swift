import YAML

extension ValueType where Value == String {
    static func choice(from names: [String]) -> Self {
        let words = "one of \(names.joined(separator: ", "))"
        return ValueType(
            words: words, schema: ["type": "string", "enum": .array(names.map { .string($0) })],
            read: { node, diagnostics in
                if let value = node.string, names.contains(value) { return value }
                let meant = node.string.flatMap { Suggestion.nearest(to: $0, among: names) }
                diagnostics.reportWrong(node, expected: words, hint: meant.map { "did you mean '\($0)'?" })
                return nil
            },
            write: { Node(.string($0)) })
    }
}

extension ValueType where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    static var choice: Self {
        let names = ValueType<String>.choice(from: Value.allCases.map(\.rawValue))
        return ValueType(
            words: names.words, schema: names.schema,
            read: { node, diagnostics in names.read(node, &diagnostics).flatMap(Value.init(rawValue:)) },
            write: { names.write($0.rawValue) })
    }
}

extension ValueType where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// The same, but the cases `true` and `false` are truth values.
    static var booleanOrChoice: Self {
        let names = Value.allCases.map(\.rawValue)
        let words = "one of \(names.joined(separator: ", "))"
        let node: @Sendable (String) -> JSON = { name in
            name == "true" || name == "false" ? .boolean(name == "true") : .string(name)
        }
        return ValueType(
            words: words, schema: ["enum": .array(names.map(node))],
            read: { node, diagnostics in
                if let boolean = node.boolean, let value = Value(rawValue: "\(boolean)") { return value }
                let isQuotedBoolean = ["true", "false"].contains(node.string)
                if !isQuotedBoolean, let value = node.string.flatMap(Value.init(rawValue:)) { return value }
                let meant = node.string.flatMap { Suggestion.nearest(to: $0, among: names) }
                let hint = isQuotedBoolean ? "write it without quotes" : meant.map { "did you mean '\($0)'?" }
                diagnostics.reportWrong(node, expected: words, hint: hint)
                return nil
            },
            write: { Node(node($0.rawValue)) })
    }
}

extension Field {
    /// One of several names.
    public static func choice(
        _ key: String, _ keyPath: any WritableKeyPath<Section, String> & Sendable, from names: [String],
        _ help: String, required: Bool = false
    ) -> Self {
        Field(key, keyPath, .choice(from: names), help, required: required)
    }

    /// One of several names, or none.
    public static func choice(
        _ key: String, _ keyPath: any WritableKeyPath<Section, String?> & Sendable, from names: [String],
        _ help: String, required: Bool = false
    ) -> Self {
        Field(key, keyPath, ValueType.choice(from: names).optional, help, required: required)
    }

    /// One of the cases of an enumeration, by its raw value.
    public static func choice<Value: CaseIterable & RawRepresentable & Sendable>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Value> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self where Value.RawValue == String {
        Field(key, keyPath, .choice, help, required: required)
    }

    /// One of the cases of an enumeration, by its raw value, or none.
    public static func choice<Value: CaseIterable & RawRepresentable & Sendable>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Value?> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self where Value.RawValue == String {
        Field(key, keyPath, ValueType<Value>.choice.optional, help, required: required)
    }

    /// A list of cases of an enumeration, by their raw values, or none.
    public static func choices<Value: CaseIterable & RawRepresentable & Sendable>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, [Value]?> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self where Value.RawValue == String {
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        let list = ValueType<[Value]>.list(of: .choice, "a list of some of \(names)")
        return Field(key, keyPath, list.optional, help, required: required)
    }

    /// One of the cases of an enumeration, of which `true` and `false` are truth values and the others names.
    public static func booleanOrChoice<Value: CaseIterable & RawRepresentable & Sendable>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Value> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self where Value.RawValue == String {
        Field(key, keyPath, .booleanOrChoice, help, required: required)
    }
}
