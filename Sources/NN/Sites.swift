import Autograd
import Tensors

/// One linear map of the backbone, a place that a method can wrap.
public struct LinearSite {
    /// The module's name in a checkpoint, for example `bert.encoder.layer.0.attention.self.query`.
    public let path: String
    /// The width of what goes in and of what comes out.
    public let inputs: Int, outputs: Int
    /// How the weight is stored.
    public let layout: WeightLayout
    /// `[outputs, inputs]`, or as the layout says.
    public let weight: Parameter
    /// `[outputs]`
    public let bias: Parameter?

    /// Floating-point operations of one row, forward.
    public var operationsPerRow: Int { 2 * inputs * outputs }
}

/// Which network of an encoder-decoder an attention is in, and what it looks at.
public enum AttentionStack: String, CaseIterable, Hashable, Sendable {
    /// The encoder's, which looks at the source.
    case encoder
    /// The decoder's, which looks at the tokens so far.
    case decoder
    /// The decoder's, which looks at what the encoder made of the source.
    case cross
}

/// One attention of the backbone, a place where a method can put keys and values.
public struct AttentionSite: Hashable, Sendable {
    /// The module's name in a checkpoint, for example `bert.encoder.layer.0.attention.self`.
    public let path: String
    /// The width of the hidden states that its maps read.
    public let hidden: Int
    /// The number of heads of queries.
    public let heads: Int
    /// The number of heads of keys and values, by which `heads` can be divided.
    public let keyValueHeads: Int
    /// The width of one head.
    public let headSize: Int
    /// Whether a token sees only those before it and itself.
    public let isCausal: Bool
    /// Whether what a method attends to beside it goes through the output map too, rather than being added behind that.
    public let joinsBeforeOutput: Bool
    /// Where it is in an encoder-decoder; nil in a backbone of one network.
    public let stack: AttentionStack?

    /// The attention named `path`, whose heads divide the hidden states' width and have keys and values each, unless given.
    public init(
        path: String, hidden: Int, heads: Int, keyValueHeads: Int? = nil, headSize: Int? = nil, isCausal: Bool = false,
        joinsBeforeOutput: Bool = false, stack: AttentionStack? = nil
    ) {
        self.path = path
        self.hidden = hidden
        self.heads = heads
        self.keyValueHeads = keyValueHeads ?? heads
        self.headSize = headSize ?? hidden / heads
        self.isCausal = isCausal
        self.joinsBeforeOutput = joinsBeforeOutput
        self.stack = stack
    }

    /// The width of its queries.
    public var queryWidth: Int { heads * headSize }
    /// The width of its keys and of its values.
    public var keyWidth: Int { keyValueHeads * headSize }
}

/// One sub-layer of the backbone, an attention or a feed-forward network, a place where a method can follow.
public struct SublayerSite: Hashable, Sendable {
    /// What a sub-layer is.
    public enum Kind: Hashable, Sendable {
        case attention, feedForward
        /// An attention to what an encoder made, of the decoder beside it.
        case crossAttention
    }

    /// The module's name in a checkpoint, for example `bert.encoder.layer.0.attention.output`.
    public let path: String
    /// What it is.
    public let kind: Kind
    /// The layer it belongs to, from 0; those of a decoder beside an encoder are counted on.
    public let layer: Int
    /// The width of its output.
    public let hidden: Int

    /// The sub-layer named `path`.
    public init(path: String, kind: Kind, layer: Int, hidden: Int) {
        self.path = path
        self.kind = kind
        self.layer = layer
        self.hidden = hidden
    }
}

/// What a sub-layer computed, for a method that follows it.
public struct SublayerOutput {
    /// The output, dropout applied, before residual and normalisation: `[rows, hidden]`
    public let output: Variable
    /// What went into the sub-layer, which is added to its output: `[rows, hidden]`
    public let residual: Variable
    /// The normalisation that follows the sum; nil where the backbone normalises before its sub-layers.
    public let norm: ((Variable) -> Variable)?

    /// A sub-layer's output, what went into it, and the normalisation behind it.
    public init(output: Variable, residual: Variable, norm: ((Variable) -> Variable)?) {
        self.output = output
        self.residual = residual
        self.norm = norm
    }

    /// What the backbone does where no method follows: `norm(output + residual)`, `[rows, hidden]`.
    public var joined: Variable {
        let sum = output + residual
        return norm.map { $0(sum) } ?? sum
    }
}

/// What an attention works on, for a method that attends beside it.
public struct AttentionCall {
    /// `[queries, queryWidth]`
    public let query: Variable
    /// Which rows belong to which sequence, heads and scale.
    public let layout: Attention
    /// The keys and values that the attention's own maps make of rows `[rows, hidden]`: each `[rows, keyWidth]`. They have no
    /// position.
    public let project: (Variable) -> (key: Variable, value: Variable)

    /// An attention's queries, layout and maps.
    public init(
        query: Variable, layout: Attention, project: @escaping (Variable) -> (key: Variable, value: Variable)
    ) {
        self.query = query
        self.layout = layout
        self.project = project
    }
}
