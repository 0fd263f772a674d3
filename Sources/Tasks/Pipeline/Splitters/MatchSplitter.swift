import YAML

/// Cuts a text at single scalars of one kind.
struct MatchSplitter: TextSplitter {
    let behavior: SplitBehavior
    let isMatch: @Sendable (UInt32) -> Bool

    func split(_ text: inout SplitText) {
        text.split(behavior) { scalars, piece, matches in
            for place in piece where isMatch(scalars[place].value) { matches.append(place..<place + 1) }
        }
    }
}

extension MatchSplitter {
    /// Cuts at marks of punctuation.
    static func punctuation(_ behavior: SplitBehavior) -> Self {
        Self(behavior: behavior) { BertScalars.punctuation.contains($0) }
    }

    /// Sets digits apart: each, or each row of them.
    static func digits(individually: Bool) -> Self {
        Self(behavior: individually ? .isolated : .contiguous) { BytePairScalars.number.contains($0) }
    }

    /// Reads a splitter at one scalar, which goes.
    init(delimiter node: Node) throws(DataError) {
        let text = try node.text("delimiter", of: "the pre-tokenizer").unicodeScalars
        guard let scalar = text.first?.value, text.count == 1 else {
            throw DataError("'delimiter' of the pre-tokenizer must be one character", at: node.location)
        }
        self.init(behavior: .removed) { $0 == scalar }
    }
}
