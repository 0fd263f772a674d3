import YAML

/// A value of one of two types.
public enum Either<First, Second> {
    /// A value of the first type.
    case first(First)
    /// A value of the second type.
    case second(Second)
}

extension Either: Equatable where First: Equatable, Second: Equatable {}
extension Either: Hashable where First: Hashable, Second: Hashable {}
extension Either: Sendable where First: Sendable, Second: Sendable {}

extension ValueType {
    /// A `first`, or a `second` where `isSecond` recognises one.
    static func either<First, Second>(
        _ first: ValueType<First>, _ second: ValueType<Second>, isSecond: @escaping @Sendable (Node) -> Bool,
        hint: @escaping @Sendable (Node) -> String? = { _ in nil }
    ) -> Self where Value == Either<First, Second> {
        let words = "\(first.words), or \(second.words)"
        return ValueType(
            words: words, schema: ["anyOf": [.object(first.schema), .object(second.schema)]],
            read: { node, diagnostics in
                if isSecond(node) { return second.read(node, &diagnostics).map { .second($0) } }
                var trial = Diagnostics()
                if let value = first.read(node, &trial) { return .first(value) }
                diagnostics.reportWrong(node, expected: words, hint: hint(node))
                return nil
            },
            write: { value in
                switch value {
                case .first(let value): first.write(value)
                case .second(let value): second.write(value)
                }
            })
    }

    /// A `first`, or one of the cases of an enumeration.
    static func either<First, Choice: CaseIterable & RawRepresentable>(_ first: ValueType<First>) -> Self
    where Value == Either<First, Choice>, Choice.RawValue == String {
        let names = Choice.allCases.map(\.rawValue)
        return .either(
            first, ValueType<Choice>.choice, isSecond: { $0.string.map(names.contains) ?? false },
            hint: { node in
                node.string.flatMap { Suggestion.nearest(to: $0, among: names) }.map { "did you mean '\($0)'?" }
            })
    }
}

extension Field {
    /// A finite number in a range, one of the cases of an enumeration, or none.
    public static func number<R: ValueRange<Double>, Choice: CaseIterable & RawRepresentable & Sendable>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Either<Double, Choice>?> & Sendable,
        in range: R = Bounds<Double>.all, _ help: String, required: Bool = false
    ) -> Self where Choice.RawValue == String {
        let type = ValueType<Either<Double, Choice>>.either(.number(in: range.bounds))
        return Field(key, keyPath, type.optional, help, required: required)
    }

    /// A finite number in a range, such numbers under names of the user's, or none.
    public static func number<R: ValueRange<Double>>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Either<Double, ValuesByName<Double>>?> & Sendable,
        in range: R = Bounds<Double>.all, _ help: String, required: Bool = false
    ) -> Self {
        let number = ValueType<Double>.number(in: range.bounds)
        let type = ValueType<Either<Double, ValuesByName<Double>>>.either(
            number, .byName(number), isSecond: { $0.pairs?.isEmpty == false })
        return Field(key, keyPath, type.optional, help, required: required)
    }

    /// `true`, `false`, or one of the cases of an enumeration.
    public static func boolean<Choice: CaseIterable & RawRepresentable & Sendable>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Either<Bool, Choice>> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self where Choice.RawValue == String {
        Field(key, keyPath, ValueType<Either<Bool, Choice>>.either(.boolean), help, required: required)
    }
}
