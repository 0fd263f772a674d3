/// Cuts a text into the pieces that merges do not cross, as GPT-2 does.
///
///     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
///
/// Contractions; runs of letters, of digits, of anything else that is seen, each with one space before it; and
/// white space, whose last scalar goes with what follows.
struct BytePairSplitter: Sendable {
    private enum Kind: UInt8 {
        case letter, number, space, other
    }

    /// The kind of each ASCII scalar: `[128]`.
    private let ascii = (UInt32.min..<128).map(Self.kind)

    /// What stands behind an apostrophe in a contraction.
    private static let contractions: [[UInt32]] = ["s", "t", "re", "ve", "m", "ll", "d"].map {
        $0.unicodeScalars.map(\.value)
    }

    /// Where the piece ends that begins at `start`, which is inside of `text`.
    func end(of start: Int, in text: [UInt32]) -> Int {
        let first = text[start]
        if first == 0x27, let end = contraction(at: start, text) { return end }
        let isSpaced = first == 0x20 && start + 1 < text.count && kind(of: text[start + 1]) != .space
        let kind = kind(of: text[isSpaced ? start + 1 : start])
        var end = isSpaced ? start + 2 : start + 1
        while end < text.count, self.kind(of: text[end]) == kind { end += 1 }
        return kind == .space && end < text.count && end > start + 1 ? end - 1 : end
    }

    private func contraction(at start: Int, _ text: [UInt32]) -> Int? {
        let rest = text[(start + 1)...].prefix(2)
        return Self.contractions.first { rest.starts(with: $0) }.map { start + 1 + $0.count }
    }

    private func kind(of scalar: UInt32) -> Kind { scalar < 128 ? ascii[Int(scalar)] : Self.kind(scalar) }

    private static func kind(_ scalar: UInt32) -> Kind {
        if BytePairScalars.letter.contains(scalar) { return .letter }
        if BytePairScalars.number.contains(scalar) { return .number }
        return BytePairScalars.space.contains(scalar) ? .space : .other
    }
}
