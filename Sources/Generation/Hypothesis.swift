import NN
import Tensors

/// A text that is being written.
struct Hypothesis: Sendable {
    /// All tokens, those of the prompt first; of an encoder-decoder those that the decoder reads.
    var tokens: [Int32]
    /// What an encoder reads; nil where there is none.
    private let source: [Int32]?
    /// How many of them are the prompt's.
    let promptCount: Int
    /// What the model keeps of them, without the last where that has not gone through it.
    var kept: KeptSequence?
    /// The sum of the log-probabilities of what was generated.
    var score: Float = 0

    /// The start of a text.
    ///
    /// - Parameter readsSource: whether an encoder reads the prompt's tokens, and a decoder goes on from its own.
    init(_ prompt: Feature, readsSource: Bool) {
        tokens = readsSource ? prompt.decoderInputIDs : prompt.inputIDs
        source = readsSource ? prompt.inputIDs : nil
        promptCount = tokens.count
    }

    /// The text as the model reads it.
    var feature: Feature {
        let ids = source ?? tokens
        return Feature(
            inputIDs: ids, tokenTypeIDs: [Int32](repeating: 0, count: ids.count),
            decoderInputIDs: source == nil ? [] : tokens)
    }

    /// What was generated.
    var generated: ArraySlice<Int32> { tokens[promptCount...] }
    /// How many tokens were generated.
    var count: Int { tokens.count - promptCount }
}
