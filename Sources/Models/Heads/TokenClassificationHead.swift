import Autograd
import NN
import Tensors

/// Classification of tokens: a tag for each that has a label.
///
///     logits = dropout(h) Wᵀ + b        loss = mean of the cross entropies of all labelled tokens of the batch
///
/// Names follow transformers' `BertForTokenClassification` and `GPT2ForTokenClassification`.
public struct TokenClassificationHead: Head {
    /// The `task_type` that names it.
    public static let taskType = "TOKEN_CLS"
    /// The model of transformers that has it.
    public static let architecture = HeadArchitecture.forTokenClassification
    /// What it predicts.
    public static let help = "Token classification: a tag for each word."

    /// It reads every token.
    public let reading = Reading.everyToken
    private let map: Linear
    private let dropoutRate: Float

    /// Declares `classifier`.
    public init(_ site: HeadSite, store: ParameterStore) throws(CheckpointError) {
        dropoutRate = Float(site.backbone.tokenHeadDropout)
        map = try Linear(
            store.scope("classifier", owner: .head), inputs: site.backbone.hiddenSize, outputs: site.labels.outputs,
            deviation: site.backbone.initializerRange)
    }

    /// The products of one token.
    public var operationsPerRow: Int { map.site.operationsPerRow }

    /// The logits of each token: `[tokens, labels]`.
    public func outputs(_ input: HeadInput) -> Variable {
        map(dropout(input.hidden, input.pass.dropout(dropoutRate, at: "classifier")))
    }

    /// The mean over labelled tokens.
    public func loss(_ input: HeadInput) -> Variable {
        let (rows, targets) = input.labelledRows
        return categoryCrossEntropy(gather(outputs(input), rows), targets: targets)
    }
}
