import YAML

/// A byte-level vocabulary, and the pairs of tokens that become one, the earlier the sooner.
struct BytePairModel: Sendable {
    /// A pair as a file has it.
    struct Pair: Sendable {
        var left: String
        var right: String
        /// Where it stands.
        var location: SourceLocation
    }

    let vocabulary: Vocabulary
    /// The token of each byte: `[256]`.
    let bytes: [Int32]
    /// The pairs.
    let merges: MergeTable

    /// A model of tokens and pairs; a byte or a token of a pair that the vocabulary at `location` lacks is the error.
    init(_ pieces: [(text: String, id: Int32)], _ pairs: [Pair], at location: SourceLocation) throws(DataError) {
        let vocabulary = Vocabulary(pieces)
        var bytes: [Int32] = []
        for (byte, scalar) in ByteAlphabet.scalars.enumerated() {
            guard let id = vocabulary.id(of: String(scalar)) else {
                throw DataError(
                    "the vocabulary has no '\(scalar)', which is byte \(byte); only byte-level vocabularies with all 256"
                        + " bytes are read; choose another checkpoint", at: location)
            }
            bytes.append(id)
        }
        merges = try MergeTable(pairs, vocabulary)
        self.vocabulary = vocabulary
        self.bytes = bytes
    }
}

extension MergeTable {
    /// The pairs of a file; a token that `vocabulary` lacks is the error. The first `prefix` scalars of a right token go.
    init(_ pairs: [BytePairModel.Pair], _ vocabulary: Vocabulary, prefix: Int = 0) throws(DataError) {
        self.init(capacity: pairs.count)
        for pair in pairs {
            func id(_ token: String) throws(DataError) -> Int32 {
                guard let id = vocabulary.id(of: token) else {
                    throw DataError(
                        "the merge of '\(pair.left)' and '\(pair.right)' needs '\(token)', which the vocabulary lacks;"
                            + " take both files from one checkpoint", at: pair.location)
                }
                return id
            }
            let whole = pair.left + String(pair.right.unicodeScalars.dropFirst(prefix))
            append(try id(pair.left), try id(pair.right), becoming: try id(whole))
        }
    }
}
