import Configuration

/// How text is generated: keys, meanings and, but for the length, defaults of transformers' `GenerationConfig`.
public struct GenerationSettings: Config {
    /// Beam search that goes on as long as something better can come.
    public enum Persistence: String, CaseIterable, Sendable {
        case never
    }

    /// Tokens at most; `usualLength` where neither this nor `maxLength` is given.
    public var maxNewTokens: Int?
    /// Tokens at most, prompt included.
    public var maxLength: Int?
    /// Tokens at least.
    public var minNewTokens = 0
    /// Tokens at least, prompt included.
    public var minLength = 0
    /// Whether tokens are drawn, rather than the likeliest taken.
    public var samples = false
    /// What scores are divided by before tokens are drawn.
    public var temperature = 1.0
    /// The likeliest tokens that are drawn from; 0 for all.
    public var topK = 50
    /// The share of probability that is drawn from.
    public var topP = 1.0
    /// The least probability that is drawn, as a share of the largest.
    public var minP: Double?
    /// What scores of tokens that are there already are divided by.
    public var repetitionPenalty = 1.0
    /// The length of the token sequences that do not come twice; 0 for any may.
    public var noRepeatSize = 0
    /// The sequences that beam search goes on with.
    public var beamCount = 1
    /// The exponent of the length that a sequence's score is divided by.
    public var lengthPenalty = 1.0
    /// When beam search has found enough.
    public var earlyStopping = Either<Bool, Persistence>.first(false)
    /// The sequences for each prompt.
    public var sequenceCount = 1
    /// The tokens that end a text; the model's own unless given.
    public var endIDs: [Int]?
    /// Texts that end a text.
    public var stopStrings: TextOrTexts?
    /// Whether keys and values of earlier tokens are kept, rather than computed again.
    public var usesCache = true

    /// The defaults.
    public init() {}

    /// Tokens at most, where no length is given.
    public static let usualLength = 128

    /// The keys.
    public static let fields: [Field<Self>] = [
        .integer(
            "max_new_tokens", \.maxNewTokens, in: 1...(1 << 20),
            "Tokens at most; without it as max_length says, else \(usualLength)."),
        .integer("max_length", \.maxLength, in: 1...(1 << 20), "Tokens at most, those of the prompt included."),
        .integer("min_new_tokens", \.minNewTokens, in: 0...(1 << 20), "Tokens before a text may end."),
        .integer(
            "min_length", \.minLength, in: 0...(1 << 20),
            "Tokens before a text may end, those of the prompt included."),
        .boolean(
            "do_sample", \.samples,
            "Whether tokens are drawn by their probabilities, of beams too; else the likeliest is taken."),
        .number(
            "temperature", \.temperature, in: .above(0),
            "What scores are divided by before a token is drawn: below 1 likely tokens become likelier."),
        .integer("top_k", \.topK, in: 0...(1 << 24), "Draw among so many likeliest tokens; 0 for all."),
        .number(
            "top_p", \.topP, in: 0...1, "Draw among the likeliest tokens that have this probability together."),
        .number(
            "min_p", \.minP, in: 0...1, "Draw among tokens that have this share of the likeliest one's probability."),
        .number(
            "repetition_penalty", \.repetitionPenalty, in: .above(0),
            "What scores of tokens that are there already, in the prompt too, are divided by (negative ones multiplied)."
        ),
        .integer(
            "no_repeat_ngram_size", \.noRepeatSize, in: 0...1024,
            "No so many tokens in a row come twice; 0 for no rule."),
        .integer(
            "num_beams", \.beamCount, in: 1...1024, "Sequences that beam search goes on with; 1 for no beam search."),
        .number(
            "length_penalty", \.lengthPenalty, in: -100...100,
            "Beam search divides a sequence's score by its length to this power: above 0 favours long ones."),
        .boolean(
            "early_stopping", \.earlyStopping,
            "Whether beam search ends when num_beams texts are finished (true), when a better one is unlikely (false), or "
                + "impossible (never)."),
        .integer(
            "num_return_sequences", \.sequenceCount, in: 1...1024,
            "Texts for each prompt: drawn without beams any number, of beam search the best."),
        .integers(
            "eos_token_id", \.endIDs, in: 0...(1 << 24), "Tokens that end a text; those of the checkpoint unless given."
        ),
        .textOrTexts("stop_strings", \.stopStrings, "Texts that end a text as soon as they stand in it."),
        .boolean("use_cache", \.usesCache, "Keep keys and values of earlier tokens; without, all is computed again."),
    ]

    /// The texts that end a text.
    var stops: [String] {
        switch stopStrings {
        case .pattern(let text): [text]
        case .names(let texts): texts
        case nil: []
        }
    }

    /// Tokens at most behind a prompt of `count` tokens; less than 1 where the prompt is too long already.
    public func limit(after count: Int) -> Int {
        maxNewTokens ?? maxLength.map { $0 - count } ?? Self.usualLength
    }
}
