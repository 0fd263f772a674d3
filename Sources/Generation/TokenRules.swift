/// What changes the scores of the next token, whichever way it is chosen, and what ends a text.
///
/// The rules are those of transformers' logits processors, in their order.
struct TokenRules {
    /// Divides positive scores of tokens that are there already, and multiplies negative ones.
    let repetitionPenalty: Float
    /// Tokens in a row that do not come twice.
    let noRepeatSize: Int
    /// Tokens before a text may end, of all and of what is generated.
    let minLength: Int, minNewTokens: Int
    /// The tokens that end a text.
    let endIDs: Set<Int32>
    /// Whether a text that was generated has one in it that ends it.
    let stops: (_ generated: ArraySlice<Int32>) -> Bool

    /// The rules of `settings`.
    ///
    /// - Parameters:
    ///   - endIDs: the tokens that end a text.
    ///   - decode: the text of tokens, for texts that end a text.
    init(_ settings: GenerationSettings, endIDs: Set<Int32>, decode: @escaping ([Int32]) -> String) {
        repetitionPenalty = Float(settings.repetitionPenalty)
        noRepeatSize = settings.noRepeatSize
        (minLength, minNewTokens) = (settings.minLength, settings.minNewTokens)
        self.endIDs = endIDs
        let texts = settings.stops
        // Each token is a byte at least, and the end of a text is looked at with each of them.
        let reach = (texts.map(\.utf8.count).max() ?? 0) + 8
        stops = { generated in
            guard !texts.isEmpty else { return false }
            let text = decode(Array(generated.suffix(reach)))
            return texts.contains { text.contains($0) }
        }
    }

    /// Applies the rules to the scores of what may follow a text.
    func apply(to scores: inout [Float], after text: Hypothesis) {
        if repetitionPenalty != 1 {
            for token in Set(text.tokens) where scores.indices.contains(Int(token)) {
                let score = scores[Int(token)]
                scores[Int(token)] = score < 0 ? score * repetitionPenalty : score / repetitionPenalty
            }
        }
        for token in repeated(in: text.tokens) where scores.indices.contains(Int(token)) {
            scores[Int(token)] = -.infinity
        }
        if text.tokens.count < minLength || text.count < minNewTokens {
            for token in endIDs where scores.indices.contains(Int(token)) { scores[Int(token)] = -.infinity }
        }
    }

    /// The tokens that would make `noRepeatSize` in a row that are there already.
    private func repeated(in tokens: [Int32]) -> [Int32] {
        let context = noRepeatSize - 1
        guard noRepeatSize > 0, tokens.count >= noRepeatSize else { return [] }
        let last = tokens.suffix(context)
        return (0..<tokens.count - context).filter { tokens[$0..<$0 + context].elementsEqual(last) }
            .map { tokens[$0 + context] }
    }

    /// Why a text ends with the token that it ends in; nil where it goes on.
    ///
    /// - Parameter limit: tokens that may be generated.
    func ending(of text: Hypothesis, limit: Int) -> GeneratedSequence.Ending? {
        if let last = text.generated.last, endIDs.contains(last) { return .endToken }
        if stops(text.generated) { return .stopString }
        return text.count >= limit ? .length : nil
    }

    /// A text that has ended, without its end token.
    func finished(_ text: Hypothesis, _ ending: GeneratedSequence.Ending, score: Float? = nil) -> GeneratedSequence {
        let tokens = ending == .endToken ? text.generated.dropLast() : text.generated
        return GeneratedSequence(tokens: Array(tokens), ending: ending, score: score)
    }
}
