import NN
import YAML

/// Lays a prompt and its completion out as one sequence, of which the completion and the end token behind it are learned.
///
/// Both are cut into tokens by themselves, so that a model is asked what it was trained for. What is too long loses the beginning of the
/// prompt, and where nothing but the prompt's last token and the tokens before a text is left, the end of the completion.
struct PromptLayout: Sendable {
    /// What stands before a text.
    let start: [Int32]
    /// What ends a completion.
    let end: [Int32]
    /// The longest sequence.
    let maxLength: Int
    /// Whether prompts are learned too.
    let learnsPrompt: Bool

    /// The layout of `tokenizer`: its end token ends a completion, unless its layout of texts has an end.
    init(_ tokenizer: any Tokenizer, maxLength: Int, learnsPrompt: Bool = false) {
        start = tokenizer.singleLayout.start
        end = tokenizer.singleLayout.end.isEmpty ? tokenizer.endID.map { [$0] } ?? [] : tokenizer.singleLayout.end
        self.maxLength = maxLength
        self.learnsPrompt = learnsPrompt
    }

    /// What generation starts from: the tokens before a text, and the last of the prompt.
    func prompt(_ ids: [Int32]) -> Feature {
        let ids = start + ids.suffix(max(0, maxLength - start.count))
        return Feature(inputIDs: ids, tokenTypeIDs: [Int32](repeating: 0, count: ids.count))
    }

    /// A prompt with its completion, which stand at `location`.
    func feature(
        prompt: [Int32], completion: [Int32], at location: SourceLocation
    ) throws(DataError) -> (Feature, isTruncated: Bool) {
        guard !(start + prompt).isEmpty else {
            throw DataError("the prompt has no token that the completion could follow", at: location)
        }
        let excess = max(0, start.count + prompt.count + completion.count + end.count - maxLength)
        let head = start + prompt.dropFirst(min(excess, prompt.count - (start.isEmpty ? 1 : 0)))
        let ids = Array((head + completion + end).prefix(maxLength))
        let labels = ids.labels(from: learnsPrompt ? 1 : head.count)
        guard ids.count > head.count else {
            throw DataError("the completion has no token that could be learned", at: location)
        }
        return (
            Feature(
                inputIDs: ids, tokenTypeIDs: [Int32](repeating: 0, count: ids.count), label: .tokens(labels)),
            excess > 0
        )
    }
}

extension [Int32] {
    /// The labels of a sequence in which the tokens from a place on are predicted, each from those before it.
    func labels(from first: Int) -> [TokenLabel] {
        (Swift.max(1, first)..<Swift.max(1, first, count)).map { TokenLabel(position: Int32($0 - 1), target: self[$0]) }
    }
}
