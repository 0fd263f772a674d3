import YAML

/// Values under names that are the user's own, in the order in which they were written: PEFT's `rank_pattern`.
public struct ValuesByName<Value: Hashable & Sendable>: Hashable, Sendable {
    /// One name with its value.
    public struct Pair: Hashable, Sendable {
        /// The name.
        public var name: String
        /// What stands under it.
        public var value: Value

        /// `value` under `name`.
        public init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// Names and values in their order; each name stands once.
    public private(set) var pairs: [Pair] = []

    /// No name yet.
    public init() {}

    /// Whether there is no name.
    public var isEmpty: Bool { pairs.isEmpty }

    /// The value under a name; a new name goes to the end.
    public subscript(name: String) -> Value? {
        get { pairs.first { $0.name == name }?.value }
        set {
            let index = pairs.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): pairs[index].value = value
            case (let index?, nil): pairs.remove(at: index)
            case (nil, let value?): pairs.append(Pair(name, value))
            case (nil, nil): break
            }
        }
    }
}

extension ValuesByName: ExpressibleByDictionaryLiteral {
    /// `["query": 4]`; of a name that stands twice, the last counts.
    public init(dictionaryLiteral elements: (String, Value)...) {
        for (name, value) in elements { self[name] = value }
    }
}

extension ValueType {
    /// A section whose keys are free and whose values are each an `element`.
    static func byName<Element>(_ element: ValueType<Element>) -> Self where Value == ValuesByName<Element> {
        let words = "a section of names, with \(element.words) under each"
        return ValueType(
            words: words, schema: ["type": "object", "additionalProperties": .object(element.schema)],
            read: { node, diagnostics in
                guard let pairs = node.pairs else {
                    diagnostics.reportWrong(node, expected: words)
                    return nil
                }
                var values = ValuesByName<Element>()
                var isSound = true
                for pair in pairs {
                    diagnostics.path.append(pair.key)
                    let value = element.read(pair.value, &diagnostics)
                    diagnostics.path.removeLast()
                    isSound = isSound && value != nil
                    if let value { values[pair.key] = value }
                }
                return isSound ? values : nil
            },
            write: { values in
                Node(
                    .mapping(
                        values.pairs.map { Node.Pair(key: $0.name, at: .generated, value: element.write($0.value)) }),
                    at: .generated)
            })
    }
}

extension Field {
    /// Finite numbers in a range, each under a name of the user's.
    public static func numbersByName<R: ValueRange<Double>>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, ValuesByName<Double>> & Sendable,
        in range: R = Bounds<Double>.all, _ help: String, required: Bool = false
    ) -> Self {
        Field(key, keyPath, .byName(.number(in: range.bounds)), help, required: required)
    }

    /// Whole numbers in a range, each under a name of the user's.
    public static func integersByName<R: ValueRange<Int>>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, ValuesByName<Int>> & Sendable,
        in range: R = Bounds<Int>.all, _ help: String, required: Bool = false
    ) -> Self {
        Field(key, keyPath, .byName(.integer(in: range.bounds)), help, required: required)
    }
}

extension Field {
    /// Texts, each under a name of the user's.
    public static func textsByName(
        _ key: String, _ keyPath: any WritableKeyPath<Section, ValuesByName<String>> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self {
        Field(key, keyPath, .byName(.text), help, required: required)
    }
}
