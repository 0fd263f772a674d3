import Autograd
import NN
import Tensors

/// Language modelling from left to right: each token predicts the next.
///
///     logits = h Eᵀ        loss = mean over all predicted tokens of the batch of -log softmax(logits)[next]
///
/// `E` is the table of the input embeddings, or `lm_head.weight` where a checkpoint has its own. It is trained only by a method that
/// trains the backbone, or where it is new. The logits of all tokens never exist together.
public struct CausalLanguageHead: LanguageHead {
    /// The `task_type` that names it.
    public static let taskType = "CAUSAL_LM"
    /// Transformers' name.
    public static let className = "ForCausalLM"
    /// What it predicts.
    public static let help = "Causal language modelling: the next token."

    /// Only a decoder has not seen what it is to predict.
    public static func refusal(_ kind: BackboneKind) -> String? {
        kind == .encoder
            ? "an encoder sees the tokens it would have to predict; choose a decoder, or MASKED_LM"
            : twoNetworksRefusal(kind)
    }

    /// It reads every token.
    public let reading = Reading.everyToken
    /// `[vocabulary, hidden]`
    private let weight: Parameter

    /// Takes the input embeddings, or declares `lm_head` where the model does not tie them.
    public init(_ site: HeadSite, store: ParameterStore) throws(CheckpointError) {
        weight = try site.vocabularyMap(store)
    }

    /// The map onto the vocabulary.
    public var maps: [HeadMap] { [HeadMap(vocabulary: weight, bias: nil)] }
    /// A token without a next one needs no logits.
    public static let multipliesLabelledRows = true

    /// The negative log-likelihood of each token that is to be predicted: `[labels, 1]`.
    public func outputs(_ input: HeadInput) -> Variable {
        let (rows, targets) = input.labelledRows
        let hidden = Kernels.gather(input.hidden.value, rows)
        return Variable(
            Kernels.vocabularyLosses(
                hidden, weight: weight.variable.value, packed: weight.variable.packed, bias: nil, targets: targets))
    }

    /// Of every word of the vocabulary.
    public func logits(_ hidden: Tensor) -> Tensor {
        Kernels.logits(hidden, weight: weight.variable.value, packed: weight.variable.packed)
    }

    /// As many rows for each feature as it has labels.
    public func outputOffsets(_ batch: Batch) -> [Int] { batch.labelOffsets }

    /// The mean over the predicted tokens.
    public func loss(_ input: HeadInput) -> Variable {
        let (rows, targets) = input.labelledRows
        if targets.isEmpty { return Variable(Tensor([], [0])) }
        return vocabularyCrossEntropy(
            gather(input.hidden, rows), weight: weight.variable, bias: nil, targets: targets)
    }
}

extension Batch {
    /// The first token label of each feature among those of all, and their number: `[features + 1]`.
    var labelOffsets: [Int] {
        labels.reduce(into: [0]) { offsets, label in
            guard case .tokens(let labels) = label else { preconditionFailure("a feature without labels of tokens") }
            offsets.append((offsets.last ?? 0) + labels.count)
        }
    }
}
