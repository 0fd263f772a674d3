import YAML

extension Config {
    /// The JSON Schema of the section.
    public static var schema: JSON { .object(KeyDescription.schema(of: keys)) }

    /// The JSON Schema of the section as a document of its own (draft 2020-12).
    public static func schemaDocument(title: String) -> JSON {
        let head: [String: JSON] = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": .string(title),
        ]
        return .object(KeyDescription.schema(of: keys).merging(head) { $1 })
    }
}

extension KeyDescription {
    /// An object with these keys and no others.
    public static func schema(of keys: [KeyDescription]) -> [String: JSON] {
        var schema: [String: JSON] = [
            "type": "object", "additionalProperties": false,
            "properties": .object(Dictionary(keys.map { ($0.key, $0.schema) }) { first, _ in first }),
        ]
        let required = keys.filter(\.isRequired)
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0.key) }) }
        return schema
    }

    private var schema: JSON {
        var schema: [String: JSON]
        switch kind {
        case .value(_, let type, let value):
            schema = type
            if let value, !value.isNull { schema["default"] = JSON(value) }
        case .section(let keys): schema = Self.schema(of: keys)
        case .tagged(let tag, let entries): schema = EntryDescription.schema(of: entries, tag: tag)
        case .taggedList(let tag, let entries):
            let one: JSON = .object(EntryDescription.schema(of: entries, tag: tag))
            schema = ["anyOf": [one, ["type": "array", "minItems": 1, "items": one]]]
        }
        schema["description"] = .string(help)
        return .object(schema)
    }
}

extension EntryDescription {
    /// A section of one of the entries.
    fileprivate static func schema(of entries: [EntryDescription], tag: String) -> [String: JSON] {
        ["type": "object", "oneOf": .array(entries.map { .object($0.schema(tag: tag)) })]
    }

    fileprivate func schema(tag: String) -> [String: JSON] {
        let name = KeyDescription(
            key: tag, help: help, isRequired: true,
            kind: .value(words: name, schema: ["const": .string(name)], default: nil))
        return KeyDescription.schema(of: [name] + keys)
    }
}
