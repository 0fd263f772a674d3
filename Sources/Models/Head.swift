import Autograd
import NN
import Tensors

/// What reads a backbone's hidden states and learns a task from them.
public protocol Head: SendableMetatype {
    /// The `task_type` that names it.
    static var taskType: String { get }
    /// What it predicts, in one sentence.
    static var help: String { get }
    /// What the names of transformers' classes with it end in, for example `ForSequenceClassification`.
    static var className: String { get }
    /// Whether it reads a summary of whole sequences, rather than hidden states.
    static var readsSummary: Bool { get }

    /// Why it cannot read a backbone of this kind; nil where it can.
    static func refusal(_ kind: BackboneKind) -> String?

    /// Declares its parameters in `store`, which takes them from the checkpoint when it has them.
    init(_ site: HeadSite, store: ParameterStore) throws(CheckpointError)

    /// The tokens whose hidden states it reads.
    var reading: Reading { get }
    /// Its linear maps, lowest first.
    var maps: [HeadMap] { get }
    /// Whether its maps run for rows that have a label only, rather than for all that it reads.
    static var multipliesLabelledRows: Bool { get }

    /// What scoring reads: logits, or for a language model the negative log-likelihoods of what it should predict.
    ///
    /// - Returns: some rows for each feature, in their order; `outputOffsets` says how many.
    func outputs(_ input: HeadInput) -> Variable

    /// The first row of each feature among the outputs, and their number: `[features + 1]`.
    func outputOffsets(_ batch: Batch) -> [Int]

    /// The mean loss of a batch whose features all have labels of the head's kind: a single number.
    func loss(_ input: HeadInput) -> Variable
}

extension Head {
    /// It reads hidden states, unless it says otherwise.
    public static var readsSummary: Bool { false }

    /// It works on all rows that it reads, unless it says otherwise.
    public static var multipliesLabelledRows: Bool { false }

    /// It can read an encoder and a decoder, unless it says otherwise.
    public static func refusal(_ kind: BackboneKind) -> String? { twoNetworksRefusal(kind) }

    /// What a head for a single network says of an encoder-decoder; nil of others.
    static func twoNetworksRefusal(_ kind: BackboneKind) -> String? {
        kind == .encoderDecoder ? "an encoder-decoder writes texts here; choose SEQ_2_SEQ_LM" : nil
    }

    /// As many rows for each feature as it reads.
    public func outputOffsets(_ batch: Batch) -> [Int] {
        let offsets = reading.rows(of: batch)?.offsets ?? batch.offsets
        return batch.featureOffsets.map { offsets[$0] }
    }
}

/// What a head is made for.
public struct HeadSite {
    /// The network below it.
    public let backbone: any Backbone
    /// What its labels can be.
    public let labels: LabelSpace
    /// The checkpoint's configuration.
    public let config: ModelConfig
    /// What a classifier on an encoder reads.
    public let classifierPosition: ClassifierPosition

    /// A place for a head on `backbone`.
    public init(
        _ backbone: any Backbone, labels: LabelSpace, config: ModelConfig,
        classifierPosition: ClassifierPosition = .firstToken
    ) {
        self.backbone = backbone
        self.labels = labels
        self.config = config
        self.classifierPosition = classifierPosition
    }

    /// What a classifier of whole sequences reads.
    var classifierReading: Reading {
        let reading = backbone.sequenceHead.reading
        return reading == .firstToken && classifierPosition == .firstPosition ? .firstPosition : reading
    }
}

/// What a head works on.
public struct HeadInput {
    /// The rows that it reads, or the summaries: `[rows, hidden]`
    public let hidden: Variable
    /// The first row of each sequence, and the number of rows: `[sequences + 1]`.
    public let offsets: [Int]
    /// The batch, with its labels.
    public let batch: Batch
    /// The pass, for dropout.
    public let pass: ForwardPass

    /// The labels of tokens as rows of `hidden`, with what is to be predicted there; in the order of the batch.
    var labelledRows: (rows: [Int32], targets: [Int32]) {
        var (rows, targets): ([Int32], [Int32]) = ([], [])
        for (feature, label) in batch.labels.enumerated() {
            guard case .tokens(let labels) = label else { preconditionFailure("a feature without labels of tokens") }
            let first = Int32(offsets[batch.featureOffsets[feature]])
            for label in labels {
                rows.append(first + label.position)
                targets.append(label.target)
            }
        }
        return (rows, targets)
    }
}

/// One head that a manifest can name.
public struct HeadEntry: Sendable {
    /// The `task_type`.
    public let name: String
    /// What it predicts.
    public let help: String
    /// Whether it reads a summary of whole sequences.
    public let readsSummary: Bool
    /// What the names of transformers' classes with it end in.
    public let className: String
    /// Whether it says what comes next, so that text can be generated.
    public let generates: Bool
    /// Why it cannot read a backbone of some kind; nil where it can.
    public let refusal: @Sendable (_ kind: BackboneKind) -> String?
    /// Declares the head in a store.
    public let make: @Sendable (HeadSite, ParameterStore) throws(CheckpointError) -> any Head

    /// The entry of a head type.
    public init<Type: Head>(_: Type.Type) {
        name = Type.taskType
        help = Type.help
        className = Type.className
        readsSummary = Type.readsSummary
        generates = Type.self is any LanguageHead.Type
        refusal = { Type.refusal($0) }
        make = { site, store throws(CheckpointError) in try Type(site, store: store) }
    }
}

/// Every head, by PEFT's names of tasks. To add one, write its file and add its line.
public let heads: [HeadEntry] = [
    HeadEntry(SequenceClassificationHead.self),
    HeadEntry(TokenClassificationHead.self),
    HeadEntry(QuestionAnsweringHead.self),
    HeadEntry(CausalLanguageHead.self),
    HeadEntry(MaskedLanguageHead.self),
    HeadEntry(SequenceToSequenceHead.self),
    HeadEntry(MultipleChoiceHead.self),
]

extension HeadEntry {
    /// The head of a class of transformers, by the class's name; nil where that is of a bare model or of another head.
    public static func ofClass(_ name: String) -> HeadEntry? {
        // The name of the first language models is older than the others'.
        let name = name.hasSuffix("LMHeadModel") ? CausalLanguageHead.className : name
        return heads.first { name.hasSuffix($0.className) }
    }
}
