import YAML

/// Makes tokens of the pieces of a text.
protocol SubwordModel: Sendable {
    /// Its tokens.
    var vocabulary: Vocabulary { get }
    /// The token that stands for what it does not know, where there is one.
    var unknown: Int32? { get }
    /// The scalar before which a text can be cut without changing its tokens, where another one stands before it.
    var boundary: UInt32? { get }

    /// What makes the tokens of one piece after the other.
    func worker() -> any SubwordWorker
}

extension SubwordModel {
    var boundary: UInt32? { nil }
}

/// Makes the tokens of one piece after the other.
protocol SubwordWorker: Sendable {
    /// Appends the tokens of `piece`, which is not empty.
    mutating func append(_ piece: [UInt32], to tokens: inout [SubwordToken])
}

/// A token, and the scalars of its piece that it stands for.
struct SubwordToken: Hashable, Sendable {
    var id: Int32
    var start: Int32
    var end: Int32

    /// The token `id` of a piece's scalars in `range`.
    init(_ id: Int32, _ range: Range<Int>) {
        self.id = id
        start = Int32(truncatingIfNeeded: range.lowerBound)
        end = Int32(truncatingIfNeeded: range.upperBound)
    }
}

/// Every model of a `tokenizer.json` that is read. To add one, write its type and add its line.
let modelKinds: [ComponentKind<any SubwordModel>] = [
    ComponentKind("WordPiece") { node throws(DataError) in try WordPieceModel(node) },
    ComponentKind("BPE") { node throws(DataError) in try PairModel(node) },
    ComponentKind("Unigram") { node throws(DataError) in try Unigram(node) },
    ComponentKind("WordLevel") { node throws(DataError) in try WordLevelModel(node) },
]
