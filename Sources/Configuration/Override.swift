import YAML

/// A value that replaces one in a manifest: `train.learning_rate=5e-3`.
public struct Override: Hashable, Sendable {
    /// What an override on the command line has for its file.
    public static let file = "command line"

    /// The keys from the root to the value.
    public let path: [String]
    /// The new value.
    public let value: Node
    fileprivate let locations: [SourceLocation]

    /// Reads `a.b.c=value`, whose value is YAML; `ordinal` counts the overrides of a command line from 1,
    /// and is their line in messages.
    public init(_ argument: String, ordinal: Int) throws(TextError) {
        func location(_ column: Int) -> SourceLocation {
            SourceLocation(file: Self.file, line: ordinal, column: column)
        }
        guard let equals = argument.firstIndex(of: "="), !argument.contains(where: \.isNewline) else {
            throw TextError("an override has the form key=value, on one line", at: location(1))
        }
        let key = argument[..<equals]
        let parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !parts.contains(where: \.isEmpty) else {
            throw TextError("an override starts with a key such as train.learning_rate", at: location(1))
        }
        path = parts
        var column = 1
        locations = parts.map { part in
            defer { column += part.unicodeScalars.count + 1 }
            return location(column)
        }
        // Blank lines and spaces put the value where it stands on the command line; the dash makes it one value.
        let lead = String(repeating: "\n", count: ordinal - 1) + String(repeating: " ", count: column - 3)
        let list: Node
        do {
            list = try YAMLText.parse(lead + "- " + argument[argument.index(after: equals)...], file: Self.file)
        } catch {
            // A value that is not closed is found missing below the command line.
            let isBelow = error.location.position?.line != ordinal
            throw isBelow ? TextError(error.message, at: location(argument.unicodeScalars.count + 1)) : error
        }
        value = list.elements?.first ?? Node(.null, at: location(column))
    }

    /// Replaces what stands under the dotted `key`, which itself stands at `location`, or where its value does.
    public init(key: String, at location: SourceLocation? = nil, value: Node) {
        path = key.split(separator: ".").map(String.init)
        self.value = value
        locations = path.map { _ in location ?? value.location }
    }

    /// The dotted key.
    public var key: String { path.joined(separator: ".") }
    /// Where the key stands.
    public var location: SourceLocation { locations.first ?? value.location }
}

extension Override: CustomStringConvertible {
    /// `train.learning_rate=5e-3`
    public var description: String { "\(key)=\(value.flowText)" }
}

extension Node {
    /// Puts the override's value in its place. Sections that are missing are made: whether there are such
    /// keys is found when the manifest is read.
    public mutating func apply(_ override: Override) {
        put(override.value, at: override.path[...], override.locations[...])
    }

    private mutating func put(_ value: Node, at path: ArraySlice<String>, _ locations: ArraySlice<SourceLocation>) {
        guard let key = path.first, let location = locations.first else {
            self = value
            return
        }
        if case .sequence(var nodes) = content, let index = Int(key), nodes.indices.contains(index) {
            nodes[index].put(value, at: path.dropFirst(), locations.dropFirst())
            content = .sequence(nodes)
            return
        }
        // What is no section becomes one, which stands where the override does.
        if pairs == nil { self = Node(.mapping([]), at: location) }
        var pairs = pairs ?? []
        if let index = pairs.firstIndex(where: { $0.key == key }) {
            // A section keeps its place; a key that the override gives a value is the override's.
            if path.count == 1 { pairs[index].keyLocation = location }
            pairs[index].value.put(value, at: path.dropFirst(), locations.dropFirst())
        } else {
            var below = Node(.mapping([]), at: locations.dropFirst().first ?? location)
            below.put(value, at: path.dropFirst(), locations.dropFirst())
            pairs.append(Pair(key: key, at: location, value: below))
        }
        content = .mapping(pairs)
    }

    /// The value of a dotted key; nil where there is none.
    public func value(of key: String) -> Node? {
        var node = self
        for part in key.split(separator: ".") {
            guard let next = node[String(part)] ?? Int(part).flatMap(node.element) else { return nil }
            node = next
        }
        return node
    }

    /// Where the value of a dotted key stands, or the innermost section around it that is there.
    public func location(of key: String) -> SourceLocation {
        var node = self
        for part in key.split(separator: ".") {
            guard let next = node[String(part)] ?? Int(part).flatMap(node.element) else { break }
            node = next
        }
        return node.location
    }

    /// The element of a list that counts as `index`, from 0.
    private func element(_ index: Int) -> Node? {
        elements.flatMap { $0.indices.contains(index) ? $0[index] : nil }
    }
}
