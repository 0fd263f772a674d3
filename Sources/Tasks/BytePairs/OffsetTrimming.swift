/// Takes white space at the ends of tokens out of the part of the text that they stand for.
struct OffsetTrimming: Hashable, Sendable {
    /// Whether the space before the first token counts as put there, so that it takes nothing away.
    var addsPrefixSpace: Bool

    /// `range` without the white space scalars that its token begins and ends with.
    func trimmed(_ range: Range<Int>, leading: Int, trailing: Int) -> Range<Int> {
        let isAdded = range.lowerBound == 0 && addsPrefixSpace && leading == 1
        let lower = isAdded ? range.lowerBound : min(range.lowerBound + leading, range.upperBound)
        return lower..<max(range.upperBound - trailing, lower)
    }
}
