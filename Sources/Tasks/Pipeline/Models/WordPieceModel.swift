import YAML

/// Splits each piece into the longest tokens there are, from left to right.
struct WordPieceModel: SubwordModel, SubwordWorker {
    let vocabulary: Vocabulary
    let unknown: Int32?
    private let splitter: WordSplitter

    func worker() -> any SubwordWorker { self }

    func append(_ piece: [UInt32], to tokens: inout [SubwordToken]) {
        let word = piece.enumerated().map { place, value in
            NormalizedScalar(value: value, source: Int32(truncatingIfNeeded: place), role: .letter)
        }
        var encoding = Encoding()
        splitter.split(word, word.indices, &encoding)
        for (id, range) in zip(encoding.ids, encoding.ranges) {
            tokens.append(SubwordToken(id, Int(range.lowerBound)..<Int(range.upperBound)))
        }
    }
}

extension WordPieceModel {
    /// Reads one.
    init(_ node: Node) throws(DataError) {
        let owner = "the tokenizer's model"
        vocabulary = Vocabulary(try node.member("vocab", of: owner).pieces())
        let name = try node.optionalText("unk_token", of: owner) ?? "[UNK]"
        guard let unknown = vocabulary.id(of: name) else {
            throw DataError("the vocabulary has no '\(name)', which unknown words become", at: node.location)
        }
        self.unknown = unknown
        let prefix = try node.optionalText("continuing_subword_prefix", of: owner) ?? "##"
        let longest =
            node["max_input_chars_per_word"] == nil ? 100 : try node.integer("max_input_chars_per_word", of: owner)
        splitter = WordSplitter(
            vocabulary: vocabulary, unknown: unknown, continuation: prefix.unicodeScalars.map(\.value),
            longestWord: longest)
    }
}
