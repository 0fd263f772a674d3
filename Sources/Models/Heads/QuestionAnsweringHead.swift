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
    /// The model of transformers that has it.
    public static let architecture = HeadArchitecture.forQuestionAnswering
    /// What it predicts.
    public static let help = "Extractive question answering: the first and the last token of the answer."

    /// It reads every token.
    public let reading = Reading.everyToken
    private let map: Linear

    /// Declares `qa_outputs`.
    public init(_ site: HeadSite, store: ParameterStore) throws(CheckpointError) {
        map = try Linear(
            store.scope("qa_outputs", owner: .head), inputs: site.backbone.hiddenSize, outputs: 2,
            deviation: site.backbone.initializerRange)
    }

    /// The products of one token.
    public var operationsPerRow: Int { map.site.operationsPerRow }

    /// The scores of each token, of being the first and the last of the answer: `[tokens, 2]`.
    public func outputs(_ input: HeadInput) -> Variable { map(input.hidden) }

    /// The mean of the cross entropies of starts and of ends.
    public func loss(_ input: HeadInput) -> Variable {
        positionCrossEntropy(
            outputs(input), offsets: input.offsets,
            targets: input.batch.labels.map { label in
                guard case .span(let start, let end) = label else {
                    preconditionFailure("a sequence without a span label")
                }
                return [start, end]
            })
    }
}
