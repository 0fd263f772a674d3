import YAML

/// Puts something before a text, unless that is empty; it stands for the text's first scalar.
struct PrependNormalizer: TextNormalizer {
    let text: [UInt32]

    func normalize(_ scalars: inout [AlignedScalar]) {
        guard let first = scalars.first else { return }
        scalars.insert(contentsOf: text.map { first.replaced(by: $0) }, at: 0)
    }
}

extension PrependNormalizer {
    /// Reads one.
    init(_ node: Node) throws(DataError) {
        text = try node.text("prepend", of: "the normalizer").unicodeScalars.map(\.value)
    }
}
