import YAML

/// Puts something else in the place of what a pattern finds; it stands for the last scalar of what was there.
struct TextReplacement: TextNormalizer {
    let pattern: TextPattern
    let content: [UInt32]

    func normalize(_ text: inout [AlignedScalar]) {
        // One scalar for one, by far the most frequent, needs no new text.
        if case .text(let old) = pattern, old.count == 1, content.count == 1 {
            for place in text.indices where text[place].value == old[0] { text[place].value = content[0] }
            return
        }
        var matches: [Range<Int>] = []
        pattern.find(text, text.indices, &matches)
        if matches.isEmpty { return }
        var result: [AlignedScalar] = []
        result.reserveCapacity(text.count)
        var done = 0
        for match in matches {
            result += text[done..<match.lowerBound]
            let last = match.upperBound - 1
            for value in content {
                let origin = last >= 0 ? text[last] : AlignedScalar(value: value, start: 0, end: 0)
                result.append(origin.replaced(by: value))
            }
            done = match.upperBound
        }
        result += text[done...]
        text = result
    }
}

extension TextReplacement {
    /// Reads one.
    init(_ node: Node, of owner: String) throws(DataError) {
        pattern = try TextPattern(node, of: owner)
        content = try node.text("content", of: owner).unicodeScalars.map(\.value)
    }
}
