import YAML

/// A file, or what would stand in it.
public enum FileOrMapping: Hashable, Sendable {
    /// The absolute path of a file.
    case file(String)
    /// Its content, written in place.
    case mapping(Node)
}

extension ValueType where Value == FileOrMapping {
    static var fileOrMapping: Self {
        ValueType(
            words: "the path of a file, or a mapping", schema: ["anyOf": [["type": "string"], ["type": "object"]]],
            read: { node, diagnostics in
                if node.pairs != nil { return .mapping(node) }
                var trial = Diagnostics()
                if let path = ValueType<String>.path.read(node, &trial) { return .file(path) }
                diagnostics.reportWrong(node, expected: "the path of a file, or a mapping")
                return nil
            },
            write: { value in
                switch value {
                case .file(let path): Node(.string(path))
                case .mapping(let node): Node(JSON(node))
                }
            })
    }
}

extension Field {
    /// The path of a file, or its content as a mapping, or none. Where paths are left out, so is that of the file.
    public static func fileOrMapping(
        _ key: String, _ keyPath: any WritableKeyPath<Section, FileOrMapping?> & Sendable, _ help: String
    ) -> Self {
        let type = ValueType<FileOrMapping>.fileOrMapping.optional
        return Field(
            key: key, help: help, isRequired: false,
            read: { node, section, diagnostics in
                if let value = type.read(node, &diagnostics) { section[keyPath: keyPath] = value }
            },
            write: { section, paths in
                if paths == .omitted, case .file? = section[keyPath: keyPath] { return nil }
                return type.write(section[keyPath: keyPath])
            },
            kind: { section in
                .value(words: type.words, schema: type.schema, default: type.write(section[keyPath: keyPath]))
            })
    }
}
