import YAML

/// Spells the bytes of a text as visible scalars, cut into words as GPT-2 does where that is wanted.
struct ByteLevelSplitter: TextSplitter {
    /// Whether a piece that does not begin with a space gets one.
    let addsPrefixSpace: Bool
    /// Whether text is cut into words.
    let splits: Bool

    private let splitter = BytePairSplitter()

    /// A splitter with these options.
    init(addsPrefixSpace: Bool = true, splits: Bool = true) {
        self.addsPrefixSpace = addsPrefixSpace
        self.splits = splits
    }

    var marksWords: Bool { addsPrefixSpace }
    var wantsSpaces: Bool { !addsPrefixSpace }

    func split(_ text: inout SplitText) {
        if addsPrefixSpace {
            text.rewrite { scalars, piece, out in
                let first = scalars[piece.lowerBound]
                if first.value != 0x20 { out.append(first.replaced(by: 0x20)) }
                out += scalars[piece]
            }
        }
        if splits {
            var cut: [Range<Int>] = []
            var values: [UInt32] = []
            for piece in text.pieces {
                values.removeAll(keepingCapacity: true)
                for place in piece { values.append(text.scalars[place].value) }
                var start = 0
                while start < values.count {
                    let end = splitter.end(of: start, in: values)
                    cut.append(piece.lowerBound + start..<piece.lowerBound + end)
                    start = end
                }
            }
            text.pieces = cut
        }
        text.rewrite { scalars, piece, out in
            for place in piece {
                let scalar = scalars[place]
                if scalar.value < 0x80 {
                    out.append(scalar.replaced(by: ByteAlphabet.values[Int(scalar.value)]))
                } else if let bytes = Unicode.Scalar(scalar.value).flatMap(UTF8.encode) {
                    for byte in bytes { out.append(scalar.replaced(by: ByteAlphabet.values[Int(byte)])) }
                }
            }
        }
    }
}

extension ByteLevelSplitter {
    /// Reads one.
    init(_ node: Node) throws(DataError) {
        addsPrefixSpace = try node.optionalBoolean("add_prefix_space", of: "the pre-tokenizer") ?? true
        splits = try node.optionalBoolean("use_regex", of: "the pre-tokenizer") ?? true
    }
}
