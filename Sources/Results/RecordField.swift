import YAML

/// One key of a record: how it is read from JSON and written to it.
///
/// An absent key and `null` are nil, empty, or not a number; a key that is not declared is passed over, so that records of later
/// versions can be read.
struct RecordField<Record>: Sendable {
    let key: String
    let read: @Sendable (Node, inout Record) throws(TextError) -> Void
    /// Nil leaves the key out.
    let write: @Sendable (Record) -> JSON?

    typealias Path<Value> = any WritableKeyPath<Record, Value> & Sendable

    static func text(_ key: String, _ path: Path<String>) -> Self {
        Self(
            key: key,
            read: { (node, record) throws(TextError) in record[keyPath: path] = try node.expect(\.string, key, "a text")
            },
            write: { .string($0[keyPath: path]) })
    }

    static func text(_ key: String, _ path: Path<String?>) -> Self {
        Self(
            key: key,
            read: { (node, record) throws(TextError) in record[keyPath: path] = try node.expect(\.string, key, "a text")
            },
            write: { $0[keyPath: path].map(JSON.string) })
    }

    static func integer(_ key: String, _ path: Path<Int?>) -> Self {
        Self(
            key: key,
            read: { (node, record) throws(TextError) in
                record[keyPath: path] = try node.expect(\.integer, key, "a whole number")
            },
            write: { $0[keyPath: path].map(JSON.integer) })
    }

    /// Whole numbers in order; none of them leaves the key out.
    static func integers(_ key: String, _ path: Path<[Int]>) -> Self {
        Self(
            key: key,
            read: { (node, record) throws(TextError) in
                guard let elements = node.elements else { throw node.wrongType(key, "a list of whole numbers") }
                var values: [Int] = []
                for element in elements { values.append(try element.expect(\.integer, key, "a list of whole numbers")) }
                record[keyPath: path] = values
            },
            write: { record in
                let values = record[keyPath: path]
                return values.isEmpty ? nil : .array(values.map(JSON.integer))
            })
    }

    static func number(_ key: String, _ path: Path<Double?>) -> Self {
        Self(
            key: key,
            read: { (node, record) throws(TextError) in
                record[keyPath: path] = try node.expect(\.number, key, "a number")
            },
            write: { $0[keyPath: path].map(JSON.number) })
    }

    /// Names and values; a value of `null` is left out when read.
    static func map<Value>(
        _ key: String, _ path: Path<[String: Value]>,
        read: @escaping @Sendable (Node, String) throws(TextError) -> Value,
        write: @escaping @Sendable (Value) -> JSON
    ) -> Self {
        Self(
            key: key,
            read: { (node, record) throws(TextError) in
                guard case .mapping(let pairs) = node.content else { throw node.wrongType(key, "an object") }
                for pair in pairs where !pair.value.isNull {
                    record[keyPath: path][pair.key] = try read(pair.value, "\(key).\(pair.key)")
                }
            },
            write: { record in record[keyPath: path].isEmpty ? nil : .object(record[keyPath: path].mapValues(write)) })
    }

    /// A record inside this one.
    static func section<Section: RecordSection>(_ key: String, _ path: Path<Section>) -> Self {
        Self(
            key: key,
            read: { (node, record) throws(TextError) in record[keyPath: path] = try Section(node, key: key) },
            write: { $0[keyPath: path].json })
    }
}

/// A value of which every key is declared once, for reading and for writing.
protocol RecordSection: Sendable {
    init()
    static var fields: [RecordField<Self>] { get }
}

extension RecordSection {
    init(_ node: Node, key: String) throws(TextError) {
        guard case .mapping = node.content else { throw node.wrongType(key, "an object") }
        self.init()
        for field in Self.fields {
            if let value = node[field.key], !value.isNull { try field.read(value, &self) }
        }
    }

    var json: JSON {
        .object(
            Dictionary(Self.fields.compactMap { field in field.write(self).map { (field.key, $0) } }) { first, _ in
                first
            })
    }
}

extension Node {
    func expect<Value>(
        _ view: KeyPath<Node, Value?>, _ key: String, _ expected: String
    ) throws(TextError) -> Value {
        guard let value = self[keyPath: view] else { throw wrongType(key, expected) }
        return value
    }

    func wrongType(_ key: String, _ expected: String) -> TextError {
        TextError("'\(key)' must be \(expected)", at: location)
    }
}
