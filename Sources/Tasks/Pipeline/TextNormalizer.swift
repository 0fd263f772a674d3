import YAML

/// A step that changes a text before it is split; every scalar keeps the part of the original text it stands for.
protocol TextNormalizer: Sendable {
    /// Changes `text`.
    func normalize(_ text: inout [AlignedScalar])
}

/// Every normalizer of a `tokenizer.json` that is read, but for `Sequence`. To add one, write its type and add its line.
let normalizerKinds: [ComponentKind<any TextNormalizer>] = [
    ComponentKind("BertNormalizer") { node throws(DataError) in try BertNormalizer(node) },
    ComponentKind("Lowercase") { _ in LowercaseNormalizer() },
    ComponentKind("NFC") { _ in NormalizationForm.nfc },
    ComponentKind("NFD") { _ in NormalizationForm.nfd },
    ComponentKind("NFKC") { _ in NormalizationForm.nfkc },
    ComponentKind("NFKD") { _ in NormalizationForm.nfkd },
    ComponentKind("StripAccents") { _ in AccentStripper() },
    ComponentKind("Strip") { node throws(DataError) in try SpaceStripper(node) },
    ComponentKind("Replace") { node throws(DataError) in try TextReplacement(node, of: "the normalizer") },
    ComponentKind("Prepend") { node throws(DataError) in try PrependNormalizer(node) },
    ComponentKind("Precompiled") { node throws(DataError) in try CharacterMap(node) },
]
