import YAML

/// A kind of component that a `tokenizer.json` can name.
struct ComponentKind<Component>: Sendable {
    /// Its `type`.
    let name: String
    /// Reads one.
    let read: @Sendable (_ node: Node) throws(DataError) -> Component

    /// The kind `name`, one of which is read by `read`.
    init(_ name: String, _ read: @escaping @Sendable (_ node: Node) throws(DataError) -> Component) {
        self.name = name
        self.read = read
    }
}

extension ComponentKind {
    /// The component that stands at `node`, which `owner` names, or those of a `Sequence` under `key`; none where there is no node.
    static func list(
        _ node: Node?, _ kinds: [ComponentKind], of owner: String, sequence key: String
    ) throws(DataError) -> [Component] {
        guard let node, !node.isNull else { return [] }
        let type = try node.text("type", of: owner)
        if type == "Sequence" {
            var components: [Component] = []
            for part in try node.list(key, of: owner) {
                components += try list(part, kinds, of: owner, sequence: key)
            }
            return components
        }
        guard let kind = kinds.first(where: { $0.name == type }) else {
            let known = kinds.map(\.name) + ["Sequence"]
            throw DataError(
                "\(owner) is a \(type); only \(known.joined(separator: ", ")) are read; choose another checkpoint",
                at: node.location)
        }
        return [try kind.read(node)]
    }
}
