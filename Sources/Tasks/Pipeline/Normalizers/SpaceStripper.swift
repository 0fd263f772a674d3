import YAML

/// Drops white space at the ends of a text.
struct SpaceStripper: TextNormalizer {
    /// Whether it goes at the start.
    var left = true
    /// Whether it goes at the end.
    var right = true

    func normalize(_ text: inout [AlignedScalar]) {
        if right {
            let kept = text.lastIndex { !BertScalars.whitespace.contains($0.value) }.map { $0 + 1 } ?? 0
            text.removeSubrange(kept...)
        }
        if left {
            let first = text.firstIndex { !BertScalars.whitespace.contains($0.value) } ?? text.count
            text.removeSubrange(..<first)
        }
    }
}

extension SpaceStripper {
    /// Reads one.
    init(_ node: Node) throws(DataError) {
        left = try node.optionalBoolean("strip_left", of: "the normalizer") ?? true
        right = try node.optionalBoolean("strip_right", of: "the normalizer") ?? true
    }
}
