import YAML

/// A step from tokens back to text.
protocol PieceDecoder: Sendable {
    /// What the pieces become; in the end they are joined.
    func decode(_ pieces: [String]) -> [String]
}

/// Every decoder of a `tokenizer.json` that is read, but for `Sequence`. To add one, write its type and add its line.
let decoderKinds: [ComponentKind<any PieceDecoder>] = [
    ComponentKind("ByteLevel") { _ in ByteLevelDecoder() },
    ComponentKind("WordPiece") { node throws(DataError) in try WordPieceDecoder(node) },
    ComponentKind("Metaspace") { node throws(DataError) in try Metaspace(node, of: "the decoder") },
    ComponentKind("BPEDecoder") { node throws(DataError) in
        SuffixDecoder(suffix: try node.optionalText("suffix", of: "the decoder") ?? "</w>")
    },
    ComponentKind("ByteFallback") { _ in ByteFallbackDecoder() },
    ComponentKind("Fuse") { _ in FuseDecoder() },
    ComponentKind("Strip") { node throws(DataError) in try StripDecoder(node) },
    ComponentKind("Replace") { node throws(DataError) in try TextReplacement(node, of: "the decoder") },
]
