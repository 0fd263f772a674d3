import NN
import Tensors

/// A text that is being written.
struct Hypothesis: Sendable {
    /// All tokens, those of the prompt first.
    var tokens: [Int32]
    /// How many of them are the prompt's.
    let promptCount: Int
    /// What the model keeps of them, without the last where that has not gone through it.
    var kept: KeptSequence?
    /// The sum of the log-probabilities of what was generated.
    var score: Float = 0

    /// The start of a text.
    init(prompt: [Int32]) {
        tokens = prompt
        promptCount = prompt.count
    }

    /// What was generated.
    var generated: ArraySlice<Int32> { tokens[promptCount...] }
    /// How many tokens were generated.
    var count: Int { tokens.count - promptCount }
}
