import Autograd
import NN
import Tensors

/// Extractive question answering: for each token, the scores of being the first and the last of the answer.
///
///     logits = h Wᵀ + b        loss = (cross entropy of starts + cross entropy of ends) / 2
///
/// Both are over the tokens of one sequence. Names follow transformers' `BertForQuestionAnswering`.
public struct QuestionAnsweringHead: Head {
    /// The `task_type` that names it.
    public static let taskType = "QUESTION_ANS"
    /// What it predicts.
    public static let help = "Extractive question answering: the first and the last token of the answer."

    /// It reads every token.
    public let reading = Reading.everyToken
    /// Two logits for each token: of a start and of an end.
    public let outputs = 2
    private let map: Linear

    /// Declares `qa_outputs`.
    public init(hiddenSize: Int, store: ParameterStore) throws(CheckpointError) {
        map = try Linear(
            store.scope("qa_outputs", owner: .head), inputs: hiddenSize, outputs: outputs, deviation: 0.02)
    }

    /// The scores of each token.
    ///
    /// - Parameter hidden: `[tokens, hidden]`
    /// - Returns: `[tokens, 2]`
    public func logits(_ hidden: Variable) -> Variable { map(hidden) }

    /// The mean of the cross entropies of starts and of ends.
    public func loss(_ logits: Variable, _ batch: Batch) -> Variable {
        positionCrossEntropy(
            logits, offsets: batch.offsets,
            targets: batch.labels.map { label in
                guard case .span(let start, let end) = label else {
                    preconditionFailure("a sequence without a span label")
                }
                return [start, end]
            })
    }
}
