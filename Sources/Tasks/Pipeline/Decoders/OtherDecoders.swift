import YAML

extension Metaspace: PieceDecoder {
    /// What words begin with becomes a space, in the first piece nothing.
    func decode(_ pieces: [String]) -> [String] {
        guard let replacement = Unicode.Scalar(replacement) else { return pieces }
        return pieces.enumerated().map { place, piece in
            let isDropped = place == 0 && scheme != .never
            var text = String.UnicodeScalarView()
            for scalar in piece.unicodeScalars {
                if scalar != replacement { text.append(scalar) } else if !isDropped { text.append(" ") }
            }
            return String(text)
        }
    }
}

extension TextReplacement: PieceDecoder {
    func decode(_ pieces: [String]) -> [String] {
        pieces.map { piece in
            var scalars = [AlignedScalar](aligning: piece.unicodeScalars)
            normalize(&scalars)
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars.lazy.compactMap { Unicode.Scalar($0.value) })
            return String(text)
        }
    }
}

extension WordPieceDecoder: PieceDecoder {
    func decode(_ pieces: [String]) -> [String] { [join(pieces)] }

    /// Reads one.
    init(_ node: Node) throws(DataError) {
        prefix = try node.optionalText("prefix", of: "the decoder") ?? prefix
        cleansUp = try node.optionalBoolean("cleanup", of: "the decoder") ?? cleansUp
    }
}
