import YAML

/// Cuts a text at what a pattern finds.
struct PatternSplitter: TextSplitter {
    let pattern: TextPattern
    let behavior: SplitBehavior
    /// Whether what stands between the matches is taken for the matches.
    let isInverted: Bool

    func split(_ text: inout SplitText) {
        text.split(behavior, inverted: isInverted) { scalars, piece, matches in
            pattern.find(scalars, piece, &matches)
        }
    }
}

extension PatternSplitter {
    /// Reads one.
    init(_ node: Node) throws(DataError) {
        let owner = "the pre-tokenizer"
        pattern = try TextPattern(node, of: owner)
        guard let behavior = try SplitBehavior(node, of: owner) else {
            throw DataError("\(owner) has no 'behavior'", at: node.location)
        }
        self.behavior = behavior
        isInverted = try node.optionalBoolean("invert", of: owner) ?? false
    }
}
