import Autograd
import NN
import Tensors

/// A backbone, a head and what methods attached: the network that is trained.
public struct TunedModel {
    /// The pretrained network.
    public let backbone: any Backbone
    /// What reads it.
    public let head: any Head
    /// Whether the head reads a summary of whole sequences.
    public let readsSummary: Bool
    /// What methods attached.
    public let graph: TunerGraph
    /// What of it gives the same in every step.
    public let frozenPart: FrozenPart
    /// Whether training drops elements of that part too (`model.frozen_dropout`).
    public let dropsFrozenPart: Bool
    /// Whether in training what a layer computes is made again in backward, rather than kept (`train.gradient_checkpointing`).
    public let checkpointsLayers: Bool

    /// Whether nothing reads the checkpoint's table of embeddings but what looks tokens up.
    public let isTableReadInPlaces: Bool

    /// Joins the three parts, which share one parameter store.
    public init(
        backbone: any Backbone, head: any Head, graph: TunerGraph, dropsFrozenPart: Bool = true,
        checkpointsLayers: Bool = false
    ) {
        self.backbone = backbone
        self.head = head
        readsSummary = type(of: head).readsSummary
        self.graph = graph
        frozenPart = FrozenPart(backbone, graph, readsSummary: readsSummary)
        self.dropsFrozenPart = dropsFrozenPart
        self.checkpointsLayers = checkpointsLayers
        let table = backbone.wordEmbeddings
        isTableReadInPlaces = table.isFromCheckpoint && head.maps.allSatisfy { !$0.reads(table) }
        // Pages come back at a price: it is paid where there is something to gain.
        if isTableReadInPlaces, table.shape.count >= 1 << 24 { table.variable.value.markReadInPlaces() }
    }

    /// Transformers' class of the backbone with the head, for example `BertForSequenceClassification`.
    public var className: String { backbone.className(with: type(of: head).className) }

    /// What scoring reads: some rows for each feature, as the head says (`Head.outputs`).
    public func outputs(_ batch: Batch, mode: ForwardPass.Mode) -> Variable { head.outputs(input(batch, mode)) }

    /// The mean loss of a batch, and in training what methods add to it: a single number.
    public func loss(_ batch: Batch, mode: ForwardPass.Mode) -> Variable {
        let input = input(batch, mode)
        let loss = head.loss(input)
        if mode == .evaluation { return loss }
        return graph.penalties.reduce(loss) { $0 + $1(input.pass) }
    }

    private func input(_ batch: Batch, _ mode: ForwardPass.Mode) -> HeadInput {
        let quietLayers = dropsFrozenPart || !frozenPart.hasEmbeddings ? nil : frozenPart.layer
        let pass = ForwardPass(
            graph, mode: mode, quietLayers: quietLayers, checkpointsLayers: checkpointsLayers)
        let batch = graph.prompt.map { batch.withPrompt($0.length, $0.place) } ?? batch
        return HeadInput(
            hidden: states(batch, pass), offsets: head.reading.rows(of: batch)?.offsets ?? batch.offsets, batch: batch,
            pass: pass)
    }

    /// What the head reads, as much of it computed as the batch does not bring: `[rows, hidden]`.
    private func states(_ batch: Batch, _ pass: ForwardPass) -> Variable {
        if let frozen = batch.frozen, frozen.depth == .summary { return Variable(frozen.hidden) }
        let hidden: Variable
        if let frozen = batch.frozen, frozen.depth == .hidden {
            hidden = Variable(frozen.hidden)
        } else {
            hidden = backbone.hiddenStates(batch, reading: head.reading, pass)
        }
        return readsSummary ? backbone.summary(hidden, pass) : hidden
    }

    /// What the frozen part makes of a batch without dropout: rows as `FrozenDepth` says, `[rows, hidden]`.
    ///
    /// - Parameter depth: no further up than the model is frozen.
    public func frozenStates(of batch: Batch, to depth: FrozenDepth) -> Tensor {
        GradientRecording.off {
            var end: Int?
            if case .layer(let layer) = depth { end = layer }
            let pass = ForwardPass(graph, mode: .evaluation, end: end)
            let hidden = backbone.hiddenStates(batch, reading: head.reading, pass)
            return (depth == .summary ? backbone.summary(hidden, pass) : hidden).value
        }
    }
}
