/// The tokens that were added to a vocabulary: found in texts, looked up by spelling and by index.
struct AddedTokens: Sendable {
    /// Finds those that are looked for in the original text.
    let original: AddedTokenFinder
    /// Finds those that are looked for in what is left of it, normalised.
    let normalized: AddedTokenFinder
    /// One more than the largest index.
    let vocabularyCount: Int

    /// By spelling; keys are bytes, since `String` compares by canonical equivalence.
    private let ids: [[UInt8]: Int32]
    private let contents: [Int32: String]
    private let specials: Set<Int32>

    /// The tokens `list`, the last of equal ones; `spelling` is how one is written in a normalised text.
    init(_ list: [AddedToken], spelling: (String) -> [UInt32]) {
        original = AddedTokenFinder(list.filter { !$0.isNormalized }) { $0.unicodeScalars.map(\.value) }
        normalized = AddedTokenFinder(list.filter(\.isNormalized), spelling: spelling)
        vocabularyCount = list.map { Int($0.id) + 1 }.max() ?? 0
        ids = Dictionary(list.map { (Array($0.content.utf8), $0.id) }) { $1 }
        specials = Set(list.filter(\.isSpecial).map(\.id))
        contents = Dictionary(list.map { ($0.id, $0.content) }) { $1 }
    }

    /// The index of the token that is spelled `content`.
    func id(of content: String) -> Int32? { ids[Array(content.utf8)] }

    /// How the token with index `id` is spelled.
    func content(of id: Int32) -> String? { contents[id] }

    /// Whether the token with index `id` is left out where special tokens are.
    func isSpecial(_ id: Int32) -> Bool { specials.contains(id) }
}
