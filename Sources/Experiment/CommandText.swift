import Configuration
import YAML

/// Trials as they can be typed.
public enum CommandText {
    /// `words` as a line for a shell.
    public static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    /// `word` for a shell: as it is, or between single quotes.
    static func quoted(_ word: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,/:=+@%".unicodeScalars)
        if !word.isEmpty, word.unicodeScalars.allSatisfy(plain.contains) { return word }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }
}

extension ResolvedManifest {
    /// Overrides from a manifest as `key=value` for the command line, where a path means another place: they are given as they were
    /// read.
    func commandTexts(of overrides: [Override]) -> [String] {
        let read = manifest.node()
        return overrides.map { override in
            "\(Override(key: override.key, value: Self.placed(override.value, as: read.value(of: override.key))))"
        }
    }

    /// `node` with the paths that are absolute in `read`.
    private static func placed(_ node: Node, as read: Node?) -> Node {
        guard let read else { return node }
        var node = node
        switch node.content {
        case .scalar(let scalar):
            if let path = read.string, path.hasPrefix("/"), path != scalar.text { return Node(.string(path)) }
        case .sequence(let nodes):
            let others = read.elements ?? []
            node.content = .sequence(
                nodes.enumerated().map { placed($1, as: others.indices.contains($0) ? others[$0] : nil) })
        case .mapping(var pairs):
            for index in pairs.indices { pairs[index].value = placed(pairs[index].value, as: read[pairs[index].key]) }
            node.content = .mapping(pairs)
        }
        return node
    }
}
