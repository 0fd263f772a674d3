import YAML

/// Byte-pair encoding over scalars: each is a token at first, then pairs become one, the earliest pair of all first.
///
/// Sennrich et al., 2016.
struct PairModel: SubwordModel {
    let vocabulary: Vocabulary
    let unknown: Int32?
    let boundary: UInt32?

    /// The pairs.
    let merges: MergeTable
    /// The token of each ASCII scalar, where there is one: `[128]`.
    let ascii: [Int32?]
    /// The tokens of bytes, which spell what the vocabulary lacks: `[256]`, or none.
    let bytes: [Int32?]
    /// Whether unknown scalars that touch are one token.
    let fusesUnknown: Bool
    /// Whether a piece that is a token is left alone.
    let ignoresMerges: Bool
    /// What tokens inside a piece begin with.
    let prefix: [UInt32]
    /// What the last token of a piece ends with.
    let suffix: [UInt32]

    func worker() -> any SubwordWorker { PairWorker(self) }

    /// The token of `value`, which may be the first and the last of its piece.
    func symbol(_ value: UInt32, isFirst: Bool, isLast: Bool) -> Int32? {
        if prefix.isEmpty && suffix.isEmpty {
            return value < 128 ? ascii[Int(value)] : vocabulary.id(of: CollectionOfOne(value))
        }
        return vocabulary.id(of: (isFirst ? [] : prefix) + [value] + (isLast ? suffix : []))
    }

    /// The token that spells `byte`.
    static func spelling(of byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return "<0x\(digits.count < 2 ? "0" : "")\(digits)>"
    }
}

extension PairModel {
    /// What a file says beside vocabulary and merges.
    struct Options {
        var unknown: String?
        var fallsBackToBytes = false
        var fusesUnknown = false
        var ignoresMerges = false
        var prefix = ""
        var suffix = ""
    }

    /// A model of tokens and pairs; a token of a pair that the vocabulary lacks is the error.
    init(
        _ pieces: [(text: String, id: Int32)], _ pairs: [BytePairModel.Pair], _ options: Options
    ) throws(DataError) {
        let vocabulary = Vocabulary(pieces)
        self.vocabulary = vocabulary
        unknown = options.unknown.flatMap(vocabulary.id)
        prefix = options.prefix.unicodeScalars.map(\.value)
        suffix = options.suffix.unicodeScalars.map(\.value)
        fusesUnknown = options.fusesUnknown
        ignoresMerges = options.ignoresMerges
        merges = try MergeTable(pairs, vocabulary, prefix: prefix.count)
        ascii = (0..<128).map { vocabulary.id(of: CollectionOfOne($0)) }
        bytes =
            options.fallsBackToBytes
            ? (UInt8.min...UInt8.max).map { vocabulary.id(of: Self.spelling(of: $0)) } : []
        let isPlain = prefix.isEmpty && suffix.isEmpty && !ignoresMerges
        boundary = isPlain ? Self.boundary(pairs, vocabulary) : nil
    }

    /// What stands for a space, where no pair has it behind anything else.
    private static func boundary(_ pairs: [BytePairModel.Pair], _ vocabulary: Vocabulary) -> UInt32? {
        for space: Unicode.Scalar in ["\u{2581}", "\u{120}", " "] where vocabulary.id(of: String(space)) != nil {
            let isCrossed = pairs.contains {
                $0.right.unicodeScalars.first == space && $0.left.unicodeScalars.last != space
            }
            return isCrossed ? nil : space.value
        }
        return nil
    }

    /// Reads one.
    init(_ node: Node) throws(DataError) {
        let owner = "the tokenizer's model"
        if let dropout = node["dropout"], !dropout.isNull, dropout.number != 0 {
            throw DataError(
                "byte pairs with 'dropout' are not read, since their tokens are drawn; set it to null",
                at: dropout.location)
        }
        var options = Options()
        options.unknown = try node.optionalText("unk_token", of: owner)
        options.fallsBackToBytes = try node.optionalBoolean("byte_fallback", of: owner) ?? false
        options.fusesUnknown = try node.optionalBoolean("fuse_unk", of: owner) ?? false
        options.ignoresMerges = try node.optionalBoolean("ignore_merges", of: owner) ?? false
        options.prefix = try node.optionalText("continuing_subword_prefix", of: owner) ?? ""
        options.suffix = try node.optionalText("end_of_word_suffix", of: owner) ?? ""
        let vocabulary = try node.member("vocab", of: owner)
        try self.init(vocabulary.pieces(), BytePairModel.Pair.list(node), options)
        if let name = options.unknown, unknown == nil {
            throw DataError("the vocabulary has no '\(name)', which unknown text becomes", at: vocabulary.location)
        }
    }
}
