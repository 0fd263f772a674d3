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
        /// How a pair of texts is laid out.
        var layout: PairLayout
        var addedTokens: [AddedToken] = []
        var normalizer = BertNormalizer()
        /// The piece that a word becomes which cannot be split.
        var unknown = "[UNK]"
        /// What pieces inside a word begin with.
        var continuation = "##"
        /// Words of more scalars than this are unknown.
        var longestWord = 100
    }

    let pairLayout: PairLayout
    let vocabularyCount: Int

    /// The scalars that are known before a text is read: ASCII.
    private let memory: NormalizerMemory
    private let originalTokens: AddedTokenFinder
    private let normalizedTokens: AddedTokenFinder
    private let splitter: WordSplitter

    /// The pieces.
    var vocabulary: Vocabulary { splitter.vocabulary }

    /// A tokenizer of `definition`; an unknown piece that has no index is the error.
    init(_ definition: Definition) throws(MissingToken) {
        let vocabulary = Vocabulary(definition.pieces)
        let added = definition.addedTokens.first { $0.content == definition.unknown }
        guard let unknown = vocabulary.id(of: definition.unknown) ?? added?.id else {
            throw MissingToken(token: definition.unknown)
        }
        pairLayout = definition.layout
        splitter = WordSplitter(
            vocabulary: vocabulary, unknown: unknown,
            continuation: definition.continuation.unicodeScalars.map(\.value), longestWord: definition.longestWord)
        vocabularyCount = max(
            vocabulary.count, definition.addedTokens.map { Int($0.id) + 1 }.max() ?? 0,
            definition.layout.vocabularyCount)
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

/// A token that a vocabulary lacks.
struct MissingToken: Error, Hashable {
    var token: String
}
