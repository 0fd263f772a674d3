import YAML

/// The unigram language model: of all ways to cut a piece into tokens, the one whose scores add up to most.
///
/// A scalar that is no token is unknown, at ten less than the lowest score; those that touch are one token. Kudo, 2018.
struct Unigram: SubwordModel {
    let vocabulary: Vocabulary
    let unknown: Int32?
    /// The score of an unknown scalar.
    let unknownScore: Double
    /// The score of each token: `[vocabulary]`.
    let scores: [Double]
    let trie: PieceTrie
    /// The tokens of bytes, which spell what the vocabulary lacks: `[256]`, or none.
    let bytes: [Int32?]

    func worker() -> any SubwordWorker { UnigramWorker(self) }

    /// A model of tokens by index, each with its score; `unknown` is one of them.
    init(_ pieces: [(text: String, score: Double)], unknown: Int32, fallsBackToBytes: Bool) {
        var trie = PieceTrie()
        var lowest = Double.infinity
        for (index, piece) in pieces.enumerated() {
            trie.insert(piece.text.unicodeScalars.map(\.value), Int32(truncatingIfNeeded: index))
            lowest = min(lowest, piece.score)
        }
        let vocabulary = Vocabulary(
            pieces.enumerated().map { ($1.text, Int32(truncatingIfNeeded: $0)) })
        self.vocabulary = vocabulary
        self.unknown = unknown
        self.trie = trie
        scores = pieces.map(\.score)
        unknownScore = lowest - 10
        bytes =
            fallsBackToBytes
            ? (UInt8.min...UInt8.max).map { vocabulary.id(of: PairModel.spelling(of: $0)) } : []
    }
}

extension Unigram {
    /// Reads one.
    init(_ node: Node) throws(DataError) {
        let owner = "the tokenizer's model"
        var pieces: [(text: String, score: Double)] = []
        let list = try node.list("vocab", of: owner)
        pieces.reserveCapacity(list.count)
        for entry in list {
            guard let pair = entry.elements, pair.count == 2, let text = pair[0].quotedText,
                let score = pair[1].number, score.isFinite
            else { throw entry.mistake(expected: "a token of the vocabulary must be a text and its score") }
            pieces.append((text, score))
        }
        guard let unknown = node["unk_id"], !unknown.isNull else {
            throw DataError("a Unigram model must say in 'unk_id' what unknown text becomes", at: node.location)
        }
        let id = try node.tokenID("unk_id", of: owner)
        guard Int(id) < pieces.count else {
            throw DataError("'unk_id' is \(id); the vocabulary ends at \(pieces.count - 1)", at: unknown.location)
        }
        let fallsBack = try node.optionalBoolean("byte_fallback", of: owner) ?? false
        self.init(pieces, unknown: id, fallsBackToBytes: fallsBack)
    }
}
