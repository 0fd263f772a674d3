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

    /// A section inside this one that may be absent, which is not the same as one with all defaults.
    public static func section<Inner: Config>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, Inner?> & Sendable, _ help: String
    ) -> Self {
        Field(
            key: key, help: help, isRequired: false,
            read: { node, section, diagnostics in
                if node.isNull {
                    section[keyPath: keyPath] = nil
                    return
                }
                var inner = Inner()
                inner.update(from: node, &diagnostics)
                section[keyPath: keyPath] = inner
            },
            write: { section, paths in section[keyPath: keyPath].map { $0.node(paths: paths) } },
            kind: { .section(($0[keyPath: keyPath] ?? Inner()).describedKeys()) })
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
            kind: { _ in .tagged(tag: tag, entries: registry.map(EntryDescription.init)) })
    }

    /// A section as above, or a list of several; a list of one is written as a section.
    public static func taggedList<Entry: RegistryEntry>(
        _ key: String, _ keyPath: any WritableKeyPath<Section, [Tagged<Entry>]> & Sendable, tag: String,
        _ registry: [Entry], _ help: String, required: Bool = false
    ) -> Self {
        Field(
            key: key, help: help, isRequired: required,
            read: { node, section, diagnostics in
                let values = Tagged.list(node, tag: tag, registry, &diagnostics)
                if let values { section[keyPath: keyPath] = values }
            },
            write: { section, paths in
                let nodes = section[keyPath: keyPath].map { $0.node(tag: tag, paths: paths) }
                return nodes.count == 1 ? nodes.first : Node(.sequence(nodes), at: .generated)
            },
            kind: { _ in .taggedList(tag: tag, entries: registry.map(EntryDescription.init)) })
    }

    /// The keys of the section `keyPath`, to stand among the keys of this one.
    public static func within<Inner: Config>(
        _ keyPath: any WritableKeyPath<Section, Inner> & Sendable
    ) -> [Self] {
        Inner.fields.map { field in
            Field(
                key: field.key, help: field.help, isRequired: field.isRequired,
                read: { node, section, diagnostics in field.read(node, &section[keyPath: keyPath], &diagnostics) },
                write: { field.write($0[keyPath: keyPath], $1) },
                kind: { field.kind($0[keyPath: keyPath]) })
        }
    }
}
