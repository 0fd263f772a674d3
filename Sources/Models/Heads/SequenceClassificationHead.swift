import Autograd
import NN
import Tensors

/// Classification of whole sequences, or a number for each.
///
///     logits = dropout(summary) Wᵀ + b
///     logits = dropout(tanh(dropout(summary) W₁ᵀ + b₁)) Wᵀ + b        in RoBERTa
///
/// The loss is the cross entropy of one class, that of independent flags, or the mean square error, as the labels are. Names
/// follow transformers' `BertForSequenceClassification`, `RobertaForSequenceClassification` and
/// `GPT2ForSequenceClassification`; an encoder is read at its first real token, or where `HeadSite` says so at its
/// first position, a decoder at its last token.
public struct SequenceClassificationHead: Head {
    /// The `task_type` that names it.
    public static let taskType = "SEQ_CLS"
    /// Transformers' name.
    public static let className = "ForSequenceClassification"
    /// What it predicts.
    public static let help = "Sequence classification: one class, several, or a number for a text or a pair of texts."
    /// It reads a summary.
    public static let readsSummary = true

    /// The token that has seen the whole sequence.
    public let reading: Reading
    private let map: Linear
    private let inner: Linear?
    private let form: SequenceHeadForm
    private let kind: LabelSpace.Kind

    /// Declares `classifier`, or `score` on a decoder; `classifier.dense` and `classifier.out_proj` in RoBERTa.
    public init(_ site: HeadSite, store: ParameterStore) throws(CheckpointError) {
        let (hidden, deviation) = (site.backbone.hiddenSize, site.backbone.initializerRange)
        form = site.backbone.sequenceHead
        reading = site.classifierReading
        kind = site.labels.kind
        let scope = store.scope(form.name, owner: .head)
        inner =
            form.hasInnerMap
            ? try Linear(scope["dense"], inputs: hidden, outputs: hidden, deviation: deviation) : nil
        map = try Linear(
            form.hasInnerMap ? scope["out_proj"] : scope, inputs: hidden, outputs: site.labels.outputs,
            deviation: deviation, hasBias: form.hasBias)
    }

    /// Its maps.
    public var maps: [HeadMap] { [inner, map].compactMap { $0 }.map { HeadMap($0.site) } }

    /// The logits of each sequence: `[sequences, labels]`.
    public func outputs(_ input: HeadInput) -> Variable {
        func dropped(_ x: Variable, _ map: Linear) -> Variable {
            dropout(x, input.pass.dropout(Float(form.dropout), at: map.site.path))
        }
        guard let inner else { return map(dropped(input.hidden, map)) }
        return map(dropped(inner(dropped(input.hidden, inner), activation: .tanh), map))
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
