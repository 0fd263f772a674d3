import NN
import Tensors

/// Examples that can be scored by the texts that a model writes for them, beside what its head says of given ones.
public protocol GenerativeEvaluation: EvaluationSet {
    /// What generation starts from, one feature per line of predictions, without labels; of an encoder-decoder, what the encoder reads
    /// and the token that the decoder starts with.
    var prompts: [Feature] { get }
    /// Whether texts are generated for it (`task.predict_with_generate`).
    var generates: Bool { get }

    /// The score of the model's output, and of the texts that it writes.
    ///
    /// - Parameters:
    ///   - outputs: what the head gives for each feature, as for `score(_:)`.
    ///   - generated: the tokens generated for each of `prompts`, without the prompt's own and without the end token.
    func score(_ outputs: [Tensor], generated: [[Int32]]) -> Evaluation
}

/// A task whose models write texts.
public protocol GenerativeTask: TaskType {
    /// What generation starts from, for each example of `file`; what is to be written need not be known.
    func prompts(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedPrompts
    /// What generation starts from, for texts that stand in no file.
    func prompts(of texts: [String], _ preparation: Preparation) throws(DataError) -> PreparedPrompts
    /// The same task, which cuts no prompt.
    var uncut: Self { get }
}

/// Texts to be continued or answered.
public struct PreparedPrompts: Sendable {
    /// What the model reads: one feature per example, without labels.
    public let data: PreparedData
    /// The text of each: of a chat as its template writes it.
    public let texts: [String]
    /// What turns tokens into text again.
    public let tokenizer: any Tokenizer
}
