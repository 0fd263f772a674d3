import Autograd
import NN
import Tensors

/// Choice of one of several sequences, each of which gets a score.
///
///     score = dropout(summary) wᵀ + b        loss = mean over features of the cross entropy of their sequences' scores
///
/// Names follow transformers' `BertForMultipleChoice`; on a decoder the map is that of its classification head.
public struct MultipleChoiceHead: Head {
    /// The `task_type` that names it.
    public static let taskType = "MULTIPLE_CHOICE"
    /// Transformers' name.
    public static let className = "ForMultipleChoice"
    /// What it predicts.
    public static let help = "Multiple choice: which of several continuations or answers is right."
    /// It reads a summary.
    public static let readsSummary = true

    /// The token that has seen the whole sequence.
    public let reading: Reading
    private let map: Linear
    private let form: SequenceHeadForm

    /// Declares `classifier`, or `score` on a decoder, with one output.
    public init(_ site: HeadSite, store: ParameterStore) throws(CheckpointError) {
        form = site.backbone.sequenceHead
        reading = form.reading
        map = try Linear(
            store.scope(form.name, owner: .head), inputs: site.backbone.hiddenSize, outputs: 1,
            deviation: site.backbone.initializerRange, hasBias: form.hasBias)
    }

    /// The map.
    public var maps: [HeadMap] { [HeadMap(map.site)] }

    /// The score of each sequence: `[sequences, 1]`.
    public func outputs(_ input: HeadInput) -> Variable {
        map(dropout(input.hidden, input.pass.dropout(Float(form.dropout), at: form.name)))
    }

    /// The mean over features.
    public func loss(_ input: HeadInput) -> Variable {
        positionCrossEntropy(
            outputs(input), offsets: input.batch.featureOffsets,
            targets: input.batch.labels.map { label in
                guard case .category(let index) = label else { preconditionFailure("a feature without a choice") }
                return [index]
            })
    }
}
