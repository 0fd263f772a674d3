import YAML

/// What a key of a section means, for people and for schemas.
public struct KeyDescription: Sendable {
    /// The key.
    public let key: String
    /// One sentence on its meaning.
    public let help: String
    /// Whether it must be given.
    public let isRequired: Bool
    /// What may stand behind it.
    public let kind: Kind

    /// What may stand behind a key.
    public indirect enum Kind: Sendable {
        /// A single value: its type and range in words, the same as JSON Schema, and what it is when left out.
        case value(words: String, schema: [String: JSON], default: Node?)
        /// A section.
        case section([KeyDescription])
        /// A section whose key `tag` names the entry of a registry, which decides the other keys.
        case tagged(tag: String, entries: [EntryDescription])
        /// Such a section, or a list of them.
        case taggedList(tag: String, entries: [EntryDescription])
    }

    /// The dotted name of the first key below this one that is called `key`.
    func dottedKey(endingIn key: String) -> String? {
        let below: [KeyDescription] =
            switch kind {
            case .value: []
            case .section(let keys): keys
            case .tagged(_, let entries), .taggedList(_, let entries): entries.flatMap(\.keys)
            }
        if below.contains(where: { $0.key == key }) { return "\(self.key).\(key)" }
        return below.lazy.compactMap { $0.dottedKey(endingIn: key) }.first.map { "\(self.key).\($0)" }
    }
}

/// What an entry of a registry means.
public struct EntryDescription: Sendable {
    /// The name that stands behind the tag.
    public let name: String
    /// One sentence on its meaning.
    public let help: String
    /// Its keys, without the tag.
    public let keys: [KeyDescription]
}

extension EntryDescription {
    init(_ entry: some RegistryEntry) {
        self.init(name: entry.name, help: entry.help, keys: entry.section.keys)
    }
}
