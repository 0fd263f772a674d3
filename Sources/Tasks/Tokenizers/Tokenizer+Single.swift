/// The special tokens around a single text.
struct SingleLayout: Hashable, Sendable {
    var start: [Int32]
    var end: [Int32]
}

extension Tokenizer {
    var singleLayout: SingleLayout { SingleLayout(start: pairLayout.start, end: pairLayout.separator) }
    func encodeWords(_ words: [String]) -> [[Int32]] { encode(words).map(\.ids) }
    func id(of token: String) -> Int32? { (self as? WordPieceTokenizer)?.vocabulary.id(of: token) }
    var maskID: Int32? { id(of: "[MASK]") }
    var endID: Int32? { nil }
    func decode(_ ids: [Int32]) -> String { "\(ids)" }
}
