import Autograd
import NN
import Tensors

/// Classification of tokens: a tag for each that has a label.
///
///     logits = dropout(h) Wᵀ + b        loss = mean of the cross entropies of all labelled tokens of the batch
///
/// Names follow transformers' `BertForTokenClassification` and `LlamaForTokenClassification`.
public struct TokenClassificationHead: Head {
    /// The `task_type` that names it.
    public static let taskType = "TOKEN_CLS"
    /// Transformers' name.
    public static let className = "ForTokenClassification"
    /// What it predicts.
    public static let help = "Token classification: a tag for each word."

    /// It reads every token.
    public let reading = Reading.everyToken
    private let map: Linear
    private let form: TokenHeadForm

    /// Declares `classifier`, or `score` in LLaMA's family.
    public init(_ site: HeadSite, store: ParameterStore) throws(CheckpointError) {
        form = site.backbone.tokenHead
        map = try Linear(
            store.scope(form.name, owner: .head), inputs: site.backbone.hiddenSize, outputs: site.labels.outputs,
            deviation: site.backbone.initializerRange)
    }

    /// The map.
    public var maps: [HeadMap] { [HeadMap(map.site)] }

    /// The logits of each token: `[tokens, labels]`.
    public func outputs(_ input: HeadInput) -> Variable {
        map(dropout(input.hidden, input.pass.dropout(Float(form.dropout), at: form.name)))
    }

    /// The mean over labelled tokens.
    public func loss(_ input: HeadInput) -> Variable {
        let (rows, targets) = input.labelledRows
        return categoryCrossEntropy(gather(outputs(input), rows), targets: targets)
    }
}
