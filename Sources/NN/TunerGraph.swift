import Autograd
import Tensors

/// One attention of the backbone, a place where a method can put keys and values.
public struct AttentionSite: Hashable, Sendable {
    /// The module's name in a checkpoint, for example `bert.encoder.layer.0.attention.self`.
    public let path: String
    /// The width of its keys and of its values.
    public let hidden: Int
    /// The number of heads that the width is divided into.
    public let heads: Int

    /// The attention named `path`.
    public init(path: String, hidden: Int, heads: Int) {
        self.path = path
        self.hidden = hidden
        self.heads = heads
    }
}

/// A backbone's sites and what a method attached to them; neither knows the other.
///
/// A method is called once, with the graph, before any weight is read. It declares its parameters and attaches to sites, or
/// marks parameters of the backbone as trained. The backbone asks the graph at each site when it computes.
public struct TunerGraph {
    /// What a method put in front of the keys and values of every attention.
    public struct Prefix {
        /// The number of virtual tokens.
        public let length: Int
        /// Keys and values for each attention site, in the order of the sites, made once per forward pass.
        let make: (ForwardPass) -> [KeyValuePrefix]
        /// Dropout drawn per sequence.
        public let dropout: Float
        /// What making the prefix costs.
        public let products: Products

        /// Floating-point operations of the products that make a prefix, once per pass.
        public struct Products: Hashable, Sendable {
            /// A forward pass alone; forward and backward together.
            public let forward: Int, training: Int

            /// So many operations for a forward pass, and for forward and backward together.
            public init(forward: Int, training: Int) {
                self.forward = forward
                self.training = training
            }
        }
    }

    /// The backbone's attentions, lowest first.
    public let attentions: [AttentionSite]
    /// Keys and values attached to them, if any.
    public private(set) var prefix: Prefix?
    private let store: ParameterStore

    /// The graph of a backbone with these sites, whose parameters are in `store`.
    public init(attentions: [AttentionSite], store: ParameterStore) {
        self.attentions = attentions
        self.store = store
    }

    /// The place named `path` where a method declares its parameters.
    public func scope(_ path: String) -> ParameterScope { store.scope(path, owner: .tuner) }

    /// Puts keys and values of `length` virtual tokens in front of those of every attention.
    ///
    /// - Parameters:
    ///   - dropout: the share of the prefix's elements dropped, for each sequence anew.
    ///   - products: what `make` multiplies.
    ///   - make: keys and values `[prefix, hidden]` for each of `attentions`; called once per forward pass.
    public mutating func attachPrefix(
        length: Int, dropout: Float, products: Prefix.Products, _ make: @escaping (ForwardPass) -> [KeyValuePrefix]
    ) {
        precondition(prefix == nil, "a prefix is attached already")
        prefix = Prefix(length: length, make: make, dropout: dropout, products: products)
    }

    /// Trains the backbone's parameters for which `condition` holds, besides the head's and the method's own.
    public func train(where condition: (Parameter) -> Bool) {
        for parameter in store.parameters where parameter.owner == .backbone {
            parameter.isTrained = condition(parameter)
        }
    }

    /// Every parameter of the model, in the order of declaration.
    public var parameters: [Parameter] { store.parameters }
    /// The parameters that are trained, in the order of declaration.
    public var trained: [Parameter] { store.parameters.filter(\.isTrained) }
}
