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

    /// What a pair becomes.
    struct Merge: Sendable {
        /// Its place among the pairs.
        var rank: Int32
        /// The index of the token that it becomes.
        var id: Int32
    }

    let vocabulary: Vocabulary
    /// The token of each byte: `[256]`.
    let bytes: [Int32]
    /// By the indices of both tokens, the left one in the upper half.
    private let merges: [UInt64: Merge]

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
        var merges: [UInt64: Merge] = [:]
        merges.reserveCapacity(pairs.count)
        for (rank, pair) in pairs.enumerated() {
            func id(_ token: String) throws(DataError) -> Int32 {
                guard let id = vocabulary.id(of: token) else {
                    throw DataError(
                        "the merge of '\(pair.left)' and '\(pair.right)' needs '\(token)', which the vocabulary lacks;"
                            + " take both files from one checkpoint", at: pair.location)
                }
                return id
            }
            let key = Self.key(try id(pair.left), try id(pair.right))
            merges[key] = Merge(rank: Int32(truncatingIfNeeded: rank), id: try id(pair.left + pair.right))
        }
        self.vocabulary = vocabulary
        self.bytes = bytes
        self.merges = merges
    }

    /// What the tokens `left` and `right` become, if they do.
    func merge(_ left: Int32, _ right: Int32) -> Merge? { merges[Self.key(left, right)] }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }
}
