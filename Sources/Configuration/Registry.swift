import YAML

/// One thing that a tag in a manifest can name: a method, a task, a format.
///
/// A registry is an array of entries, and an array literal where it is declared.
public protocol RegistryEntry: Sendable {
    /// The name that stands behind the tag.
    var name: String { get }
    /// One sentence on its meaning.
    var help: String { get }
    /// The keys that stand beside the tag.
    var section: SectionDescription { get }
}

/// A `Config` type whose name is forgotten.
public struct SectionDescription: Sendable {
    /// What each key means.
    public var keys: [KeyDescription] { describe() }
    /// The section with every key at its default.
    public var defaults: any Config { make() }

    /// Reads a section, and notes every mistake.
    public func settings(_ node: Node, _ diagnostics: inout Diagnostics) -> any Config { read(node, &diagnostics) }

    let read: @Sendable (Node, inout Diagnostics) -> any Config
    private let make: @Sendable () -> any Config
    private let describe: @Sendable () -> [KeyDescription]

    /// The description of `type`.
    public init<Settings: Config>(_ type: Settings.Type) {
        read = { node, diagnostics in Settings(node, &diagnostics) }
        make = { Settings() }
        describe = { Settings.keys }
    }
}

/// A section whose tag named an entry of a registry.
public struct Tagged<Entry: RegistryEntry>: Sendable {
    /// What the tag named.
    public let entry: Entry
    /// The keys that stood beside the tag, in the type that the entry has for them.
    public let settings: any Config

    /// What was named.
    public var name: String { entry.name }

    /// An entry with its settings, or with its defaults.
    public init(_ entry: Entry, settings: (any Config)? = nil) {
        self.entry = entry
        self.settings = settings ?? entry.section.defaults
    }
}

extension Tagged: Equatable {
    /// Whether both name the same entry, with the same settings.
    public static func == (left: Self, right: Self) -> Bool {
        func isEqual<Settings: Config>(_ settings: Settings) -> Bool { settings == right.settings as? Settings }
        return left.name == right.name && isEqual(left.settings)
    }
}

extension Tagged {
    /// Reads the tag, then the keys of the entry that it names; `nil` where it names none.
    public init?(_ node: Node, tag: String, _ registry: [Entry], _ diagnostics: inout Diagnostics) {
        let names = registry.map(\.name).joined(separator: ", ")
        guard let pairs = node.pairs else {
            diagnostics.reportWrong(node, expected: "a section with the key '\(tag)'")
            return nil
        }
        guard let pair = pairs.first(where: { $0.key == tag }) else {
            Self.reportMissing(tag, among: pairs, at: node.location, names: names, &diagnostics)
            return nil
        }
        diagnostics.path.append(tag)
        let name = ValueType<String>.choice(from: registry.map(\.name)).read(pair.value, &diagnostics)
        diagnostics.path.removeLast()
        guard let entry = registry.first(where: { $0.name == name }) else { return nil }

        let tagLocation = pair.keyLocation
        let known = Set(entry.section.keys.map(\.key))
        var own: [Node.Pair] = []
        for pair in pairs where pair.key != tag {
            let owners = registry.filter { $0.section.keys.contains { $0.key == pair.key } }.map(\.name)
            if known.contains(pair.key) || owners.isEmpty {
                own.append(pair)
            } else {
                var message = "'\(diagnostics.name(of: pair.key))' is no key of \(entry.name); it belongs to "
                message += owners.joined(separator: ", ")
                if tagLocation.file == Override.file, pair.keyLocation.file != Override.file {
                    message +=
                        "; replace the whole section: '\(diagnostics.path.joined(separator: "."))={\(tag): \(entry.name)}'"
                }
                diagnostics.error(at: pair.keyLocation, message)
            }
        }
        let section = Node(.mapping(own), at: node.location)
        self.init(entry, settings: entry.section.read(section, &diagnostics))
    }

    /// Reads one section or a list of them; `nil` where one names no entry, or where there is none.
    static func list(
        _ node: Node, tag: String, _ registry: [Entry], _ diagnostics: inout Diagnostics
    ) -> [Tagged]? {
        if node.pairs != nil { return Tagged(node, tag: tag, registry, &diagnostics).map { [$0] } }
        guard let nodes = node.elements, !nodes.isEmpty else {
            diagnostics.reportWrong(
                node, expected: "a section with the key '\(tag)', or a list of such sections",
                hint: node.elements.map { _ in "the list is empty" })
            return nil
        }
        let values = nodes.enumerated().map { index, node in
            diagnostics.path.append("\(index)")
            defer { diagnostics.path.removeLast() }
            return Tagged(node, tag: tag, registry, &diagnostics)
        }
        let sound = values.compactMap(\.self)
        return sound.count == values.count ? sound : nil
    }

    private static func reportMissing(
        _ tag: String, among pairs: [Node.Pair], at location: SourceLocation, names: String,
        _ diagnostics: inout Diagnostics
    ) {
        let known = "it is one of \(names)"
        let near = pairs.first { Suggestion.nearest(to: $0.key, among: [tag]) != nil }
        if let near {
            diagnostics.error(
                at: near.keyLocation,
                "unknown key '\(near.key)' in \(diagnostics.subject); did you mean '\(tag)'? \(known)")
        } else {
            diagnostics.error(at: location, "missing '\(diagnostics.name(of: tag))'; \(known)")
        }
    }

    func node(tag: String, paths: PathStyle) -> Node {
        let first = Node.Pair(key: tag, at: .generated, value: Node(.string(name)))
        return Node(.mapping([first] + (settings.node(paths: paths).pairs ?? [])), at: .generated)
    }
}
