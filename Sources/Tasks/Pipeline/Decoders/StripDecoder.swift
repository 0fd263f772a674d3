import YAML

/// Takes up to so many of one scalar off the ends of each piece.
struct StripDecoder: PieceDecoder {
    let content: Unicode.Scalar
    /// How many go at the start of a piece.
    let start: Int
    /// How many go at its end.
    let stop: Int

    func decode(_ pieces: [String]) -> [String] {
        pieces.map { piece in
            var scalars = piece.unicodeScalars[...]
            var count = 0
            while count < start, scalars.first == content {
                scalars.removeFirst()
                count += 1
            }
            count = 0
            while count < stop, scalars.last == content {
                scalars.removeLast()
                count += 1
            }
            return String(scalars)
        }
    }
}

extension StripDecoder {
    /// Reads one.
    init(_ node: Node) throws(DataError) {
        let owner = "the decoder"
        let text = try node.text("content", of: owner).unicodeScalars
        guard let scalar = text.first, text.count == 1 else {
            throw DataError("'content' of \(owner) must be one character", at: node.location)
        }
        content = scalar
        start = try node.integer("start", of: owner)
        stop = try node.integer("stop", of: owner)
    }
}
