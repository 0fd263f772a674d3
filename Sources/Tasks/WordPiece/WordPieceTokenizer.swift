/// BERT's tokenizer: text is cleaned, split into words and punctuation, and words into the longest pieces
/// that the vocabulary has.
///
/// It gives what Hugging Face's fast BERT tokenizers give, offsets included. A token that a text
/// spells out, such as `[SEP]`, is found before the text is split.
/// Devlin et al., 2018, <https://arxiv.org/abs/1810.04805>.
struct WordPieceTokenizer: Tokenizer {
    /// What a vocabulary and the files around it say.
    struct Definition: Sendable {
        var pieces: [(text: String, id: Int32)]
        /// How texts are laid out.
        var layouts: TextLayouts
        var addedTokens: [AddedToken] = []
        var normalizer = BertNormalizer()
        /// The piece that a word becomes which cannot be split.
        var unknown = "[UNK]"
        /// What pieces inside a word begin with.
        var continuation = "##"
        /// Words of more scalars than this are unknown.
        var longestWord = 100
        /// The tokens that the files name.
        var named = NamedTokens()
        /// How pieces are joined.
        var decoding = WordPieceDecoder()
    }

    let singleLayout: SingleLayout
    let pairLayout: PairLayout
    let special: SpecialIDs
    let vocabularyCount: Int

    /// The scalars that are known before a text is read: ASCII.
    private let memory: NormalizerMemory
    private let addedTokens: AddedTokens
    private let splitter: WordSplitter
    private let decoder: WordPieceDecoder

    /// The pieces.
    var vocabulary: Vocabulary { splitter.vocabulary }

    /// A tokenizer of `definition`; an unknown piece that has no index is the error.
    init(_ definition: Definition) throws(MissingToken) {
        let vocabulary = Vocabulary(definition.pieces)
        let normalizer = definition.normalizer
        let added = AddedTokens(definition.addedTokens) { content in
            content.unicodeScalars.flatMap { normalizer.normalize($0).map(\.value) }
        }
        let find = { (token: String) in added.id(of: token) ?? vocabulary.id(of: token) }
        guard let unknown = find(definition.unknown) else { throw MissingToken(token: definition.unknown) }
        singleLayout = definition.layouts.single
        pairLayout = definition.layouts.pair
        special = SpecialIDs(definition.named, definition.layouts.single, unknown: unknown, find: find) { id in
            added.content(of: id) != nil || vocabulary.piece(of: id) != nil
        }
        splitter = WordSplitter(
            vocabulary: vocabulary, unknown: unknown,
            continuation: definition.continuation.unicodeScalars.map(\.value), longestWord: definition.longestWord)
        vocabularyCount = max(vocabulary.count, added.vocabularyCount, definition.layouts.vocabularyCount)
        memory = NormalizerMemory(normalizer)
        addedTokens = added
        decoder = definition.decoding
    }

    func id(of token: String) -> Int32? { addedTokens.id(of: token) ?? vocabulary.id(of: token) }

    func decode(_ ids: [Int32], skippingSpecial: Bool) -> String {
        let kept = skippingSpecial ? ids.filter { !addedTokens.isSpecial($0) } : ids
        return decoder.join(kept.compactMap { addedTokens.content(of: $0) ?? vocabulary.piece(of: $0) })
    }

    /// Cleaning the text as a whole may join the last pieces with what follows.
    func openCount(_ ids: [Int32]) -> Int { decoder.cleansText ? min(2, ids.count) : 0 }

    /// Each word stands for itself; one that the splitter cuts further still has all its tokens in its place.
    func encodeWords(_ words: [String]) -> [[Int32]] { encode(words).map(\.ids) }

    func encode(_ texts: [String]) -> [Encoding] {
        var memory = memory
        var normalized: [NormalizedScalar] = []
        return texts.map { text in
            let scalars = Array(text.unicodeScalars)
            var encoding = Encoding()
            var done = 0
            for match in addedTokens.original.matches(count: scalars.count, scalar: { scalars[$0].value }) {
                memory.replace(&normalized, by: scalars, done..<match.range.lowerBound)
                encode(normalized, &encoding)
                encoding.append(match.id, match.range)
                done = match.range.upperBound
            }
            memory.replace(&normalized, by: scalars, done..<scalars.count)
            encode(normalized, &encoding)
            return encoding
        }
    }

    /// Appends the tokens of a normalised text that held no token to be found in the original one.
    private func encode(_ text: [NormalizedScalar], _ encoding: inout Encoding) {
        guard !addedTokens.normalized.isEmpty else { return splitter.split(text, text.indices, &encoding) }
        var done = 0
        for match in addedTokens.normalized.matches(count: text.count, scalar: { text[$0].value }) {
            splitter.split(text, done..<match.range.lowerBound, &encoding)
            encoding.append(match.id, WordSplitter.source(of: match.range, in: text))
            done = match.range.upperBound
        }
        splitter.split(text, done..<text.count, &encoding)
    }
}

/// A token that a vocabulary lacks.
struct MissingToken: Error, Hashable {
    var token: String
}
