import YAML

/// A text that stands for several, or a list of texts: PEFT's `target_modules`.
public enum TextOrTexts: Hashable, Sendable {
    /// A single text, such as a regular expression.
    case pattern(String)
    /// A list of texts.
    case names([String])
}

extension ValueType {
    /// A list whose elements are each an `element`; `words` says what the list is.
    static func list<Element>(
        of element: ValueType<Element>, _ words: String, hint: @escaping @Sendable (Node) -> String? = { _ in nil }
    ) -> Self where Value == [Element] {
        ValueType(
            words: words, schema: ["type": "array", "items": .object(element.schema)],
            read: { node, diagnostics in
                guard let nodes = node.elements else {
                    diagnostics.reportWrong(node, expected: words, hint: hint(node))
                    return nil
                }
                let values = nodes.enumerated().map { index, node in
                    diagnostics.path.append("\(index)")
                    defer { diagnostics.path.removeLast() }
                    return element.read(node, &diagnostics)
                }
                let sound = values.compactMap(\.self)
                return sound.count == values.count ? sound : nil
            },
            write: { Node(.sequence($0.map(element.write)), at: .generated) })
    }
}

extension ValueType where Value == [String] {
    static var texts: Self {
        .list(of: ValueType<String>.text, "a list of texts") { node in
            node.isNull ? nil : node.string.map { "write [\(JSON.string($0).compactText)]" }
        }
    }
}

extension ValueType where Value == TextOrTexts {
    static var textOrTexts: Self {
        let (text, texts) = (ValueType<String>.text, ValueType<[String]>.texts)
        let words = "a text or a list of texts"
        return ValueType(
            words: words, schema: ["type": ["string", "array"], "items": .object(text.schema)],
            read: { node, diagnostics in
                if node.elements != nil { return texts.read(node, &diagnostics).map { .names($0) } }
                if let value = node.string, !node.isNull { return .pattern(value) }
                diagnostics.reportWrong(node, expected: words)
                return nil
            },
            write: { value in
                switch value {
                case .pattern(let pattern): text.write(pattern)
                case .names(let names): texts.write(names)
                }
            })
    }
}

extension ValueType where Value == [Int] {
    /// Whole numbers; a single one is a list of one, and is written as such.
    static func integers(in bounds: Bounds<Int>) -> Self {
        let one = ValueType<Int>.integer(in: bounds)
        let several = Self.list(of: one, "\(one.words), or a list of such")
        var schema = several.schema.merging(one.schema) { $1 }
        schema["type"] = ["integer", "array"]
        return ValueType(
            words: several.words, schema: schema,
            read: { node, diagnostics in
                if let value = node.integer, bounds.contains(value) { return [value] }
                return several.read(node, &diagnostics)
            },
            write: several.write)
    }
}

extension Field {
    /// A list of texts.
    public static func texts(
        _ key: String, _ keyPath: any WritableKeyPath<Section, [String]> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self {
        Field(key, keyPath, .texts, help, required: required)
    }

    /// A list of texts, or none.
    public static func texts(
        _ key: String, _ keyPath: any WritableKeyPath<Section, [String]?> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self {
        Field(key, keyPath, ValueType.texts.optional, help, required: required)
    }

    /// A text or a list of texts.
    public static func textOrTexts(
        _ key: String, _ keyPath: any WritableKeyPath<Section, TextOrTexts> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self {
        Field(key, keyPath, .textOrTexts, help, required: required)
    }

    /// A text or a list of texts, or none.
    public static func textOrTexts(
        _ key: String, _ keyPath: any WritableKeyPath<Section, TextOrTexts?> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self {
        Field(key, keyPath, ValueType.textOrTexts.optional, help, required: required)
    }

    /// A list of whole numbers in a range, or a single one.
    public static func integers<R: ValueRange<Int>>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, [Int]> & Sendable, in range: R = Bounds<Int>.all,
        _ help: String, required: Bool = false
    ) -> Self {
        Field(key, keyPath, .integers(in: range.bounds), help, required: required)
    }

    /// A list of whole numbers in a range, a single one, or none.
    public static func integers<R: ValueRange<Int>>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, [Int]?> & Sendable, in range: R = Bounds<Int>.all,
        _ help: String, required: Bool = false
    ) -> Self {
        Field(key, keyPath, ValueType.integers(in: range.bounds).optional, help, required: required)
    }
}
