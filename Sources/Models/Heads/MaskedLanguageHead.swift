import Autograd
import NN
import Tensors

/// Masked language modelling: the words that stand behind masks.
///
///     logits = LayerNorm(activation(h W₁ᵀ + b₁)) Eᵀ + b        loss = mean over all masks of the batch
///
/// `E` is the table of the input embeddings. A head that the checkpoint has is trained only by a method that trains the backbone; a new
/// one always. Names follow transformers' `BertForMaskedLM` and `RobertaForMaskedLM`.
public struct MaskedLanguageHead: Head {
    /// The `task_type` that names it.
    public static let taskType = "MASKED_LM"
    /// Transformers' name.
    public static let className = "ForMaskedLM"
    /// What it predicts.
    public static let help = "Masked language modelling: the word behind a mask, as P-tuning asks for facts."

    /// A decoder has not seen what follows the mask.
    public static func refusal(_ kind: BackboneKind) -> String? {
        kind == .decoder
            ? "a decoder does not see what follows a mask; choose an encoder, or CAUSAL_LM" : twoNetworksRefusal(kind)
    }

    /// It reads every token.
    public let reading = Reading.everyToken
    private let transform: Linear
    private let norm: LayerNorm
    /// `[vocabulary, hidden]`
    private let weight: Parameter
    /// `[vocabulary]`
    private let bias: Parameter
    private let activation: Activation

    /// Declares `cls.predictions` of BERT, or `lm_head` of RoBERTa.
    public init(_ site: HeadSite, store: ParameterStore) throws(CheckpointError) {
        let (backbone, hidden) = (site.backbone, site.backbone.hiddenSize)
        guard let form = backbone.maskedHead else { preconditionFailure("MASKED_LM on a decoder, which it refuses") }
        let scope = store.scope(form.name, owner: .head)
        activation = form.activation
        transform = try Linear(
            scope[form.transform], inputs: hidden, outputs: hidden, deviation: backbone.initializerRange)
        norm = try LayerNorm(scope[form.norm], hidden: hidden, epsilon: form.epsilon)
        bias = try scope.parameter("bias", [backbone.vocabularySize], .zeros)
        if backbone.tiesEmbeddings {
            weight = backbone.wordEmbeddings
        } else {
            weight = try scope["decoder"].parameter(
                "weight", backbone.wordEmbeddings.shape, .normal(deviation: backbone.initializerRange))
        }
        let maps = [transform.site.weight, transform.site.bias, norm.weight, norm.bias, bias, weight].compactMap { $0 }
        for parameter in maps where parameter.owner == .head && parameter.isFromCheckpoint {
            parameter.isTrained = false
        }
    }

    /// The transform and the map onto the vocabulary.
    public var maps: [HeadMap] {
        [HeadMap(transform.site, norm: [norm.weight, norm.bias]), HeadMap(vocabulary: weight, bias: bias)]
    }
    /// Only masks need logits.
    public static let multipliesLabelledRows = true

    /// The logits of each mask over the vocabulary: `[masks, vocabulary]`.
    public func outputs(_ input: HeadInput) -> Variable {
        let rows = transformed(gather(input.hidden, input.labelledRows.rows))
        return Variable(
            Kernels.logits(
                rows.value, weight: weight.variable.value, packed: weight.variable.packed, bias: bias.variable.value))
    }

    /// As many rows for each feature as it has masks.
    public func outputOffsets(_ batch: Batch) -> [Int] { batch.labelOffsets }

    /// The mean over masks.
    public func loss(_ input: HeadInput) -> Variable {
        let (rows, targets) = input.labelledRows
        if targets.isEmpty { return Variable(Tensor([], [0])) }
        return vocabularyCrossEntropy(
            transformed(gather(input.hidden, rows)), weight: weight.variable, bias: bias.variable, targets: targets)
    }

    /// - Parameter x: `[masks, hidden]`
    /// - Returns: `[masks, hidden]`
    private func transformed(_ x: Variable) -> Variable { norm(transform(x, activation: activation)) }
}
