/// BERT's tokenizer: text is cleaned, split into words and punctuation, and words into the longest pieces
/// that the vocabulary has.
///
/// It gives what Hugging Face's fast BERT tokenizers give, offsets included. A token that a text spells out, such as `[SEP]`, is found before the text is split.
/// Devlin et al., 2018, <https://arxiv.org/abs/1810.04805>.
struct WordPieceTokenizer: Tokenizer {
    /// What a vocabulary and the files around it say.
    struct Definition: Sendable {
        var pieces: [(text: String, id: Int32)]
        var addedTokens: [AddedToken] = []
        var normalizer = BertNormalizer()
        /// The piece that a word becomes which cannot be split.
        var unknown = "[UNK]"
        /// What pieces inside a word begin with.
        var continuation = "##"
        /// Words of more scalars than this are unknown.
        var longestWord = 100
        /// The token before a text.
        var start = "[CLS]"
        /// The token after a text.
        var separator = "[SEP]"
    }

    let pairLayout: PairLayout
    let vocabularyCount: Int

    /// The scalars that are known before a text is read: ASCII.
    private let memory: NormalizerMemory
    private let originalTokens: AddedTokenFinder
    private let normalizedTokens: AddedTokenFinder
    private let splitter: WordSplitter

    /// A tokenizer of `definition`; a special token that has no index is the error.
    init(_ definition: Definition) throws(MissingToken) {
        let vocabulary = Vocabulary(definition.pieces)
        func index(of token: String) throws(MissingToken) -> Int32 {
            let added = definition.addedTokens.first { $0.content == token }
            guard let id = vocabulary.id(of: token) ?? added?.id else { throw MissingToken(token: token) }
            return id
        }
        let separator = try index(of: definition.separator)
        pairLayout = PairLayout(
            start: [try index(of: definition.start)], separator: [separator], end: [separator], secondType: 1)
        splitter = WordSplitter(
            vocabulary: vocabulary, unknown: try index(of: definition.unknown),
            continuation: definition.continuation.unicodeScalars.map(\.value), longestWord: definition.longestWord)
        vocabularyCount = max(vocabulary.count, definition.addedTokens.map { Int($0.id) + 1 }.max() ?? 0)
        let normalizer = definition.normalizer
        memory = NormalizerMemory(normalizer)
        originalTokens = AddedTokenFinder(definition.addedTokens.filter { !$0.isNormalized }) { content in
            content.unicodeScalars.map(\.value)
        }
        normalizedTokens = AddedTokenFinder(definition.addedTokens.filter(\.isNormalized)) { content in
            content.unicodeScalars.flatMap { normalizer.normalize($0).map(\.value) }
        }
    }

    func encode(_ texts: [String]) -> [Encoding] {
        var memory = memory
        var normalized: [NormalizedScalar] = []
        return texts.map { text in
            let scalars = Array(text.unicodeScalars)
            var encoding = Encoding()
            var done = 0
            for match in originalTokens.matches(count: scalars.count, scalar: { scalars[$0].value }) {
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
        guard !normalizedTokens.isEmpty else { return splitter.split(text, text.indices, &encoding) }
        var done = 0
        for match in normalizedTokens.matches(count: text.count, scalar: { text[$0].value }) {
            splitter.split(text, done..<match.range.lowerBound, &encoding)
            encoding.append(match.id, WordSplitter.source(of: match.range, in: text))
            done = match.range.upperBound
        }
        splitter.split(text, done..<text.count, &encoding)
    }
}

/// A special token that a vocabulary lacks.
struct MissingToken: Error, Hashable {
    var token: String
}
