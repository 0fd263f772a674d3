import Autograd
import Tensors

/// One forward computation: the graph it goes through, and the randomness of its step.
public final class ForwardPass {
    /// Whether and how dropout is drawn.
    public enum Mode: Hashable, Sendable {
        /// No dropout: the result is a function of input and parameters.
        case evaluation
        /// Dropout from the streams of this seed and step.
        case training(seed: UInt64, step: Int)
    }

    /// What is attached where.
    public let graph: TunerGraph
    /// Whether and how dropout is drawn.
    public let mode: Mode
    /// The keys and values in front of each attention, lowest first, made at the first use.
    public private(set) lazy var prefixes: [KeyValuePrefix] = graph.prefix?.make(self) ?? []

    /// A pass through `graph`.
    public init(_ graph: TunerGraph, mode: Mode) {
        self.graph = graph
        self.mode = mode
    }

    /// The mask of the dropout at the place named `path`; nil in evaluation or when nothing is dropped.
    public func dropout(_ rate: Float, at path: String) -> DropoutMask? {
        guard case .training(let seed, let step) = mode, rate > 0 else { return nil }
        let stream = RandomStream.key(seed: seed, path: path)
        return DropoutMask(rate: rate, key: RandomStream.key(seed: stream, path: "step \(step)"))
    }

    /// The number of virtual tokens in front of each sequence's keys; real tokens' positions start after them.
    public var prefixLength: Int { graph.prefix?.length ?? 0 }

    /// The keys and values in front of attention number `index`, and their dropout.
    public func prefix(at index: Int) -> (prefix: KeyValuePrefix, dropout: DropoutMask?)? {
        guard let attached = graph.prefix else { return nil }
        return (prefixes[index], dropout(attached.dropout, at: graph.attentions[index].path + ".prefix"))
    }
}
