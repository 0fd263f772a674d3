/// A text that was generated, as tokens.
public struct GeneratedSequence: Hashable, Sendable {
    /// Why a text ended.
    public enum Ending: String, Hashable, Sendable {
        /// The model said its end token.
        case endToken = "end_token"
        /// A text stood in it that was to end it.
        case stopString = "stop_string"
        /// It has as many tokens as were allowed.
        case length
        /// The model has positions for no more.
        case positions = "no_position"
        /// No token was allowed any more.
        case noToken = "no_token"
    }

    /// Its tokens, without those of the prompt and without the end token.
    public var tokens: [Int32]
    /// Why it ended.
    public var ending: Ending
    /// The sum of its tokens' log-probabilities, weighed by the length; of beam search only.
    public var score: Float?

    /// A text and why it ended.
    public init(tokens: [Int32], ending: Ending, score: Float? = nil) {
        self.tokens = tokens
        self.ending = ending
        self.score = score
    }
}
