import Autograd
import NN
import Tensors

/// Language modelling behind a source: each token that the decoder reads predicts the next.
///
///     logits = scale h Eᵀ        loss = mean over all predicted tokens of the batch of -log softmax(logits)[next]
///
/// `E` is the table of the input embeddings, or `lm_head.weight` where the model has a map of its own, and `scale` is the backbone's. The
/// logits of all tokens never exist together.
public struct SequenceToSequenceHead: LanguageHead {
    /// The `task_type` that names it.
    public static let taskType = "SEQ_2_SEQ_LM"
    /// Transformers' name.
    public static let className = "ForConditionalGeneration"
    /// What it predicts.
    public static let help = "Sequence to sequence: a text for a text, such as a translation or a summary."

    /// Only an encoder-decoder reads two texts.
    public static func refusal(_ kind: BackboneKind) -> String? {
        switch kind {
        case .encoder: "an encoder reads texts and writes none; choose an encoder-decoder such as T5"
        case .decoder: "a decoder has no source; choose an encoder-decoder such as T5, or CAUSAL_LM"
        case .encoderDecoder: nil
        }
    }

    /// It reads every token of the decoder.
    public let reading = Reading.everyDecoderToken
    /// `[vocabulary, hidden]`
    private let weight: Parameter
    private let scale: Float

    /// Takes the input embeddings, or declares `lm_head` where the model does not tie them.
    public init(_ site: HeadSite, store: ParameterStore) throws(CheckpointError) {
        guard let backbone = site.backbone as? any EncoderDecoder else {
            preconditionFailure("SEQ_2_SEQ_LM on a backbone of one network, which it refuses")
        }
        scale = backbone.outputScale
        weight = try site.vocabularyMap(store)
    }

    /// The map onto the vocabulary.
    public var maps: [HeadMap] { [HeadMap(vocabulary: weight, bias: nil)] }
    /// A token without a next one needs no logits.
    public static let multipliesLabelledRows = true

    /// The negative log-likelihood of each token that is to be predicted: `[labels, 1]`.
    public func outputs(_ input: HeadInput) -> Variable {
        let (rows, targets) = input.labelledRows
        let hidden = Kernels.scale(Kernels.gather(input.hidden.value, rows), by: scale)
        return Variable(
            Kernels.vocabularyLosses(
                hidden, weight: weight.variable.value, packed: weight.variable.packed, bias: nil, targets: targets))
    }

    /// Of every word of the vocabulary.
    public func logits(_ hidden: Tensor) -> Tensor {
        Kernels.logits(Kernels.scale(hidden, by: scale), weight: weight.variable.value, packed: weight.variable.packed)
    }

    /// As many rows for each feature as it has labels.
    public func outputOffsets(_ batch: Batch) -> [Int] { batch.labelOffsets }

    /// The mean over the predicted tokens.
    public func loss(_ input: HeadInput) -> Variable {
        let (rows, targets) = input.labelledRows
        if targets.isEmpty { return Variable(Tensor([], [0])) }
        return vocabularyCrossEntropy(
            gather(input.hidden, rows).scaled(by: scale), weight: weight.variable, bias: nil, targets: targets)
    }
}
