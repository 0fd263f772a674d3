import YAML

/// Makes spaces a visible scalar, which begins every word.
struct Metaspace: Sendable {
    /// Which texts get one at their start that have none.
    enum Scheme: String, CaseIterable, Sendable {
        case always, never
        /// Only what begins where the original text does.
        case first
    }

    /// What spaces become.
    var replacement: UInt32 = 0x2581
    /// Which texts get one at their start.
    var scheme = Scheme.always
    /// Whether a text is cut before each of them.
    var splits = true
}

extension Metaspace: TextSplitter {
    var marksWords: Bool { scheme != .never }
    var wantsSpaces: Bool { scheme == .never }

    func split(_ text: inout SplitText) {
        let starts = text.pieces.map { scheme == .always || scheme == .first && text.origin(of: $0) == 0 }
        var index = 0
        text.rewrite { scalars, piece, out in
            let first = scalars[piece.lowerBound]
            if starts[index], first.value != 0x20, first.value != replacement {
                out.append(first.replaced(by: replacement))
            }
            for place in piece {
                out.append(scalars[place].value == 0x20 ? scalars[place].replaced(by: replacement) : scalars[place])
            }
            index += 1
        }
        guard splits else { return }
        var cut: [Range<Int>] = []
        for piece in text.pieces {
            var start = piece.lowerBound
            for place in piece.dropFirst() where text.scalars[place].value == replacement {
                cut.append(start..<place)
                start = place
            }
            cut.append(start..<piece.upperBound)
        }
        text.pieces = cut
    }
}

extension Metaspace {
    /// Reads one, with today's keys or those from before.
    init(_ node: Node, of owner: String) throws(DataError) {
        if let text = try node.optionalText("replacement", of: owner)?.unicodeScalars {
            guard let scalar = text.first?.value, text.count == 1 else {
                throw DataError("'replacement' of \(owner) must be one character", at: node.location)
            }
            replacement = scalar
        }
        if let name = try node.optionalText("prepend_scheme", of: owner) {
            guard let scheme = Scheme(rawValue: name) else {
                let known = Scheme.allCases.map(\.rawValue).joined(separator: ", ")
                throw DataError(
                    "'prepend_scheme' of \(owner) must be one of \(known), not '\(name)'", at: node.location)
            }
            self.scheme = scheme
        }
        if try node.optionalBoolean("add_prefix_space", of: owner) == false { scheme = .never }
        splits = try node.optionalBoolean("split", of: owner) ?? true
    }
}
