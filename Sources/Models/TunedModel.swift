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
    /// Whether in training what a layer computes is made again in backward, rather than kept (`train.gradient_checkpointing`).
    public let checkpointsLayers: Bool

    /// Joins the three parts, which share one parameter store.
    public init(backbone: any Backbone, head: any Head, graph: TunerGraph, checkpointsLayers: Bool = false) {
        self.backbone = backbone
        self.head = head
        readsSummary = type(of: head).readsSummary
        self.graph = graph
        self.checkpointsLayers = checkpointsLayers
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
        let pass = ForwardPass(graph, mode: mode, checkpointsLayers: checkpointsLayers)
        let batch = graph.prompt.map { batch.withPrompt($0.length, $0.place) } ?? batch
        let hidden = backbone.hiddenStates(batch, reading: head.reading, pass)
        return HeadInput(
            hidden: readsSummary ? backbone.summary(hidden, pass) : hidden,
            offsets: head.reading.rows(of: batch)?.offsets ?? batch.offsets, batch: batch, pass: pass)
    }
}
