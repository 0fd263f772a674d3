import YAML

extension Field {
    /// A section inside this one. It must be given when a key in it must.
    public static func section<Inner: Config>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Inner> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self {
        Field(
            key: key, help: help, isRequired: required || Inner.fields.contains(where: \.isRequired),
            read: { node, section, diagnostics in section[keyPath: keyPath].update(from: node, &diagnostics) },
            write: { $0[keyPath: keyPath].node(paths: $1) },
            kind: { .section($0[keyPath: keyPath].describedKeys()) })
    }

    /// A section whose key `tag` names an entry of `registry`; the entry decides the other keys.
    public static func tagged<Entry: RegistryEntry>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Tagged<Entry>?> & Sendable, tag: String,
        _ registry: [Entry], _ help: String, required: Bool = false
    ) -> Self {
        Field(
            key: key, help: help, isRequired: required,
            read: { node, section, diagnostics in
                let value = Tagged(node, tag: tag, registry, &diagnostics)
                if let value { section[keyPath: keyPath] = value }
            },
            write: { section, paths in
                section[keyPath: keyPath].map { $0.node(tag: tag, paths: paths) } ?? Node(JSON.null)
            },
            kind: { _ in
                let entries = registry.map {
                    EntryDescription(name: $0.name, help: $0.help, keys: $0.section.keys)
                }
                return .tagged(tag: tag, entries: entries)
            })
    }
}
