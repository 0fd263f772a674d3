import Autograd
import NN
import Tensors

/// Classification of whole sequences, or a number for each.
///
///     logits = dropout(summary) Wᵀ + b
///
/// The loss is the cross entropy of one class, that of independent flags, or the mean square error, as the labels are. Names
/// follow transformers' `BertForSequenceClassification` and `GPT2ForSequenceClassification`; an encoder is read at its first
/// real token, a decoder at its last.
public struct SequenceClassificationHead: Head {
    /// The `task_type` that names it.
    public static let taskType = "SEQ_CLS"
    /// The model of transformers that has it.
    public static let architecture = HeadArchitecture.forSequenceClassification
    /// What it predicts.
    public static let help = "Sequence classification: one class, several, or a number for a text or a pair of texts."
    /// It reads a summary.
    public static let readsSummary = true

    /// The token that has seen the whole sequence.
    public let reading: Reading
    private let map: Linear
    private let form: SequenceHeadForm
    private let kind: LabelSpace.Kind

    /// Declares `classifier`, or `score` on a decoder.
    public init(_ site: HeadSite, store: ParameterStore) throws(CheckpointError) {
        form = site.backbone.sequenceHead
        reading = form.reading
        kind = site.labels.kind
        map = try Linear(
            store.scope(form.name, owner: .head), inputs: site.backbone.hiddenSize, outputs: site.labels.outputs,
            deviation: site.backbone.initializerRange, hasBias: form.hasBias)
    }

    /// The products of one sequence.
    public var operationsPerRow: Int { map.site.operationsPerRow }

    /// The logits of each sequence: `[sequences, labels]`.
    public func outputs(_ input: HeadInput) -> Variable {
        map(dropout(input.hidden, input.pass.dropout(Float(form.dropout), at: form.name)))
    }

    /// The mean over sequences, and over flags where there are several.
    public func loss(_ input: HeadInput) -> Variable {
        let logits = outputs(input)
        switch kind {
        case .classes:
            return categoryCrossEntropy(
                logits,
                targets: input.batch.labels.map { label in
                    guard case .category(let index) = label else { preconditionFailure("a feature without a class") }
                    return Int32(index)
                })
        case .flags:
            return flagCrossEntropy(
                logits,
                targets: input.batch.labels.flatMap { label in
                    guard case .flags(let flags) = label else { preconditionFailure("a feature without flags") }
                    return flags
                })
        case .value:
            return meanSquaredError(
                logits,
                targets: input.batch.labels.map { label in
                    guard case .value(let value) = label else { preconditionFailure("a feature without a number") }
                    return value
                })
        }
    }
}
