import Foundation

/// One scalar of a normalised text, and where it comes from.
struct NormalizedScalar: Sendable {
    /// How a scalar splits the text.
    enum Role: UInt8 {
        /// Part of a word.
        case letter
        /// A word of its own.
        case punctuation
        /// Between words.
        case space
    }

    /// The scalar.
    var value: UInt32
    /// The scalar of the original text that it was made from, by its offset.
    var source: Int32
    /// How it splits the text.
    var role: Role
}

/// Cleans a text scalar by scalar, as BERT's tokenizers do before they split it.
///
/// In this order: control characters are dropped and white space becomes a space; Chinese characters are set
/// apart by spaces; accents are stripped (canonical decomposition, then nonspacing marks dropped); letters
/// are lower-cased one by one, without regard to their neighbours. Every scalar that comes out keeps the
/// place of the one it was made from.
struct BertNormalizer: Hashable, Sendable {
    /// Whether control characters are dropped and white space is made a space.
    var cleansText = true
    /// Whether each Chinese character is a word of its own.
    var separatesChineseCharacters = true
    /// Whether accents are stripped; `nil` where that follows `lowercases`.
    var stripsAccents: Bool?
    /// Whether letters are lower-cased.
    var lowercases = true

    /// What one scalar becomes.
    func normalize(_ scalar: Unicode.Scalar) -> [(value: UInt32, role: NormalizedScalar.Role)] {
        if cleansText, scalar != "\t", scalar != "\n", scalar != "\r", BertScalars.control.contains(scalar.value) {
            return []
        }
        if cleansText, BertScalars.whitespace.contains(scalar.value) { return [(0x20, .space)] }
        let isApart = separatesChineseCharacters && BertScalars.chinese.contains(scalar.value)
        var scalars = [scalar]
        if stripsAccents ?? lowercases { scalars = Self.strippingAccents(scalar) }
        if lowercases { scalars = scalars.flatMap { $0.properties.lowercaseMapping.unicodeScalars } }
        let letters = scalars.map { (value: $0.value, role: Self.role(of: $0.value)) }
        return isApart ? [(0x20, .space)] + letters + [(0x20, .space)] : letters
    }

    /// The decomposed scalar without its nonspacing marks.
    private static func strippingAccents(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        guard BertScalars.decomposed.contains(scalar.value) else {
            return BertScalars.accent.contains(scalar.value) ? [] : [scalar]
        }
        let decomposed = String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars
        return decomposed.filter { !BertScalars.accent.contains($0.value) }
    }

    private static func role(of value: UInt32) -> NormalizedScalar.Role {
        if BertScalars.whitespace.contains(value) { return .space }
        return BertScalars.punctuation.contains(value) ? .punctuation : .letter
    }
}
