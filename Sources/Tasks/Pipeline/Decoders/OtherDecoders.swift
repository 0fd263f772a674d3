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
        if case .text(let old) = pattern, old.count == 1, let scalar = Unicode.Scalar(old[0]) {
            let new = String(String.UnicodeScalarView(content.compactMap(Unicode.Scalar.init)))
            return pieces.map { Self.replaced(String(scalar), new, in: $0) }
        }
        return pieces.map { piece in
            var scalars = [AlignedScalar](aligning: piece.unicodeScalars)
            normalize(&scalars)
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars.lazy.compactMap { Unicode.Scalar($0.value) })
            return String(text)
        }
    }
}

extension TextReplacement {
    /// `text` with `new` for each `old`, byte by byte: the bytes of a scalar stand nowhere inside of another one.
    fileprivate static func replaced(_ old: String, _ new: String, in text: String) -> String {
        let (old, new, bytes) = (Array(old.utf8), Array(new.utf8), Array(text.utf8))
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var place = 0
        while place < bytes.count {
            let isOld = bytes[place] == old[0] && bytes[place...].starts(with: old)
            if isOld { result += new } else { result.append(bytes[place]) }
            place += isOld ? old.count : 1
        }
        return String(decoding: result, as: UTF8.self)
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
