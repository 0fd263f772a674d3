import YAML

/// Each piece is one token, or the unknown one.
struct WordLevelModel: SubwordModel, SubwordWorker {
    let vocabulary: Vocabulary
    let unknown: Int32?

    func worker() -> any SubwordWorker { self }

    func append(_ piece: [UInt32], to tokens: inout [SubwordToken]) {
        if let id = vocabulary.id(of: piece) ?? unknown { tokens.append(SubwordToken(id, piece.indices)) }
    }
}

extension WordLevelModel {
    /// Reads one.
    init(_ node: Node) throws(DataError) {
        vocabulary = Vocabulary(try node.member("vocab", of: "the tokenizer's model").pieces())
        unknown = try vocabulary.unknown(node)
    }
}

extension Vocabulary {
    /// The index of the token that a model calls `unk_token`, where it names one.
    func unknown(_ model: Node) throws(DataError) -> Int32? {
        guard let token = try model.optionalText("unk_token", of: "the tokenizer's model") else { return nil }
        return id(of: token)
    }
}
