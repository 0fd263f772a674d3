import Autograd
import NN
import Tensors

/// A backbone, a head and what a method attached: the network that is trained.
public struct TunedModel {
    /// The pretrained network.
    public let backbone: any Backbone
    /// What reads it.
    public let head: any Head
    /// What a method attached.
    public let graph: TunerGraph

    /// Joins the three parts, which share one parameter store.
    public init(backbone: any Backbone, head: any Head, graph: TunerGraph) {
        self.backbone = backbone
        self.head = head
        self.graph = graph
    }

    /// - Returns: `[tokens, outputs]`, or `[batch, outputs]` when the head reads one token per sequence.
    public func logits(_ batch: Batch, mode: ForwardPass.Mode) -> Variable {
        head.logits(backbone.hiddenStates(batch, reading: head.reading, ForwardPass(graph, mode: mode)))
    }

    /// The mean loss of a batch: a single number.
    public func loss(_ batch: Batch, mode: ForwardPass.Mode) -> Variable {
        head.loss(logits(batch, mode: mode), batch)
    }
}
