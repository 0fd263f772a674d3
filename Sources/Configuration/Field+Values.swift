import YAML

extension ValueType where Value == Int {
    static func integer(in bounds: Bounds<Int>) -> Self {
        let words = "an integer" + bounds.words { "\($0)" }
        return ValueType(
            words: words, schema: bounds.schema { .integer($0) }.merging(["type": "integer"]) { $1 },
            read: { node, diagnostics in
                if let value = node.integer, bounds.contains(value) { return value }
                diagnostics.reportWrong(node, expected: words, hint: node.integerHint)
                return nil
            },
            write: { Node(.integer($0)) })
    }
}

extension ValueType where Value == Double {
    static func number(in bounds: Bounds<Double>) -> Self {
        let words = "a number" + bounds.words { Int(exactly: $0).map { "\($0)" } ?? "\($0)" }
        return ValueType(
            words: words, schema: bounds.schema { .number($0) }.merging(["type": "number"]) { $1 },
            read: { node, diagnostics in
                if let value = node.number, value.isFinite, bounds.contains(value) { return value }
                diagnostics.reportWrong(node, expected: words, hint: node.quotesHint)
                return nil
            },
            write: { Node(.number($0)) })
    }
}

extension ValueType where Value == Bool {
    static var boolean: Self {
        ValueType(
            words: "true or false", schema: ["type": "boolean"],
            read: { node, diagnostics in
                if let value = node.boolean { return value }
                diagnostics.reportWrong(node, expected: "true or false", hint: node.booleanHint)
                return nil
            },
            write: { Node(.boolean($0)) })
    }
}

extension ValueType where Value == String {
    static var text: Self {
        ValueType(
            words: "text", schema: ["type": "string"],
            read: { node, diagnostics in
                if let value = node.string, !node.isNull { return value }
                diagnostics.reportWrong(node, expected: "text")
                return nil
            },
            write: { Node(.string($0)) })
    }
}

extension Node {
    /// What to write for a whole number that stands in quotes, or as `1e3`.
    fileprivate var integerHint: String? {
        if let quotesHint { return quotesHint }
        guard integer == nil, let number, let value = Int(exactly: number) else { return nil }
        return "write \(value)"
    }

    /// What to do about quotes around a number.
    fileprivate var quotesHint: String? {
        guard let scalar, !scalar.isPlain else { return nil }
        let bare = Node(.scalar(Scalar(scalar.text, isPlain: true)), at: location)
        return bare.number == nil ? nil : "write it without quotes"
    }

    /// What to write for a truth value in the words of YAML 1.1.
    fileprivate var booleanHint: String? {
        switch string?.lowercased() {
        case "yes", "on", "y", "true", "1": "write true"
        case "no", "off", "n", "false", "0": "write false"
        default: nil
        }
    }
}

extension Field {
    /// A whole number in a range.
    public static func integer<R: ValueRange<Int>>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Int> & Sendable, in range: R = Bounds<Int>.all,
        _ help: String, required: Bool = false
    ) -> Self {
        Field(key, keyPath, .integer(in: range.bounds), help, required: required)
    }

    /// A whole number in a range, or none.
    public static func integer<R: ValueRange<Int>>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Int?> & Sendable, in range: R = Bounds<Int>.all,
        _ help: String, required: Bool = false
    ) -> Self {
        Field(key, keyPath, ValueType.integer(in: range.bounds).optional, help, required: required)
    }

    /// A finite number in a range.
    public static func number<R: ValueRange<Double>>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Double> & Sendable, in range: R = Bounds<Double>.all,
        _ help: String, required: Bool = false
    ) -> Self {
        Field(key, keyPath, .number(in: range.bounds), help, required: required)
    }

    /// A finite number in a range, or none.
    public static func number<R: ValueRange<Double>>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Double?> & Sendable, in range: R = Bounds<Double>.all,
        _ help: String, required: Bool = false
    ) -> Self {
        Field(key, keyPath, ValueType.number(in: range.bounds).optional, help, required: required)
    }

    /// `true` or `false`.
    public static func boolean(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Bool> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self {
        Field(key, keyPath, .boolean, help, required: required)
    }

    /// `true` or `false`, or none.
    public static func boolean(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Bool?> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self {
        Field(key, keyPath, ValueType.boolean.optional, help, required: required)
    }

    /// A text; a number without quotes is one too.
    public static func text(
        _ key: String, _ keyPath: any WritableKeyPath<Section, String> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self {
        Field(key, keyPath, .text, help, required: required)
    }

    /// A text, or none.
    public static func text(
        _ key: String, _ keyPath: any WritableKeyPath<Section, String?> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self {
        Field(key, keyPath, ValueType.text.optional, help, required: required)
    }
}
