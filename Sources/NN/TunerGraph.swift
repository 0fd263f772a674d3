import Autograd
import Tensors

/// A backbone's sites and what methods attached to them; neither knows the other.
///
/// A method is called once, with the graph, before any weight is read. It declares its parameters and attaches to sites, or
/// marks parameters of the backbone as trained. The backbone asks the graph at each site when it computes. Several methods can
/// be attached one after the other; a later one wraps what an earlier one made of a site.
public struct TunerGraph {
    /// What a method put in front of the keys and values of attentions.
    public struct Prefix {
        /// The number of virtual tokens.
        public let length: Int
        /// For each attention the number of its keys and values among those that are made; nil where it has none.
        let places: [Int?]
        /// Keys and values, made once per forward pass.
        let make: (ForwardPass) -> [KeyValuePrefix]
        /// Dropout drawn per sequence.
        public let dropout: Float
        /// What making the prefix costs.
        public let products: AddedProducts
    }

    /// What a method put among every sequence's embeddings.
    public struct Prompt {
        /// The number of virtual tokens.
        public let length: Int
        /// Where they stand.
        public let place: PromptPlace
        /// The embeddings of the virtual tokens, made once per forward pass.
        let make: (ForwardPass) -> Variable
        /// What making them costs.
        public let products: AddedProducts
    }

    /// What a method put around a linear map.
    public struct Wrap {
        /// From the map's input and the map itself to the output.
        let apply: (_ x: Variable, _ base: (Variable) -> Variable, _ pass: ForwardPass) -> Variable
        /// What it costs beside the map.
        public let products: AddedProducts
    }

    /// What a method put behind a sub-layer.
    public struct Follower {
        /// From the sub-layer's output to that of residual and normalisation.
        let apply: (_ sublayer: SublayerOutput, _ pass: ForwardPass) -> Variable
        /// What it costs.
        public let products: AddedProducts
    }

    /// What a method attends to beside an attention.
    public struct Companion {
        /// What is added to the attention's output, before or behind its output map as the backbone has it: `[queries, queryWidth]`.
        let apply: (_ call: AttentionCall, _ pass: ForwardPass) -> Variable
        /// The number of virtual tokens that it attends to, whose keys and values the attention's own maps make.
        public let length: Int
    }

    /// The backbone's family, by the `model_type` of its checkpoints: methods have usual targets in each.
    public let family: String
    /// The backbone's attentions, lowest first.
    public let attentions: [AttentionSite]
    /// The backbone's sub-layers, lowest first.
    public let sublayers: [SublayerSite]
    /// Whether the backbone is a decoder beside an encoder.
    public var isEncoderDecoder: Bool { attentions.contains { $0.stack == .cross } }
    /// The width of the input embeddings.
    public let embeddingSize: Int
    /// The table of the input embeddings, `[vocabulary, hidden]`; nil for a backbone that has none.
    public let wordEmbeddings: Parameter?
    /// Keys and values attached to the attentions, if any.
    public private(set) var prefix: Prefix?
    /// Virtual tokens in front of every sequence, if any.
    public private(set) var prompt: Prompt?
    /// What is around linear maps, by their paths, innermost first.
    public private(set) var wraps: [String: [Wrap]] = [:]
    /// What follows sub-layers, by their paths.
    public private(set) var followers: [String: Follower] = [:]
    /// What is attended to beside attentions, by their indices.
    public private(set) var companions: [Int: Companion] = [:]
    /// Terms that are added to the loss in training, each a single number.
    public private(set) var penalties: [(ForwardPass) -> Variable] = []
    /// What is told of every update.
    public private(set) var stepObservers: [any StepObserver] = []
    private let store: ParameterStore

    /// The graph of a backbone with these sites, whose parameters are in `store`.
    public init(
        family: String = "", attentions: [AttentionSite], sublayers: [SublayerSite] = [],
        wordEmbeddings: Parameter? = nil,
        store: ParameterStore
    ) {
        self.family = family
        self.attentions = attentions
        self.sublayers = sublayers
        self.wordEmbeddings = wordEmbeddings
        embeddingSize = wordEmbeddings?.shape.columns ?? 0
        self.store = store
    }

    /// The backbone's linear maps, in the order of declaration.
    public var linears: [LinearSite] { store.linears }

    /// The place named `path` where a method declares its parameters.
    public func scope(_ path: String) -> ParameterScope { store.scope(path, owner: .tuner) }

    /// Random numbers named `path` under the run's seed, for a method that starts from a random choice.
    public func randomStream(_ path: String) -> RandomStream { store.randomStream(path) }

    /// Puts keys and values of `length` virtual tokens in front of those of attentions.
    ///
    /// - Parameters:
    ///   - places: for each of `attentions` the number of its keys and values among what `make` gives, or nil for none; one for each,
    ///     in their order, unless given.
    ///   - dropout: the share of the prefix's elements dropped, for each sequence anew.
    ///   - products: what `make` multiplies.
    ///   - make: keys and values `[prefix, keyWidth]`; called once per forward pass.
    /// - Throws: when there is a prefix already.
    public mutating func attachPrefix(
        length: Int, at places: [Int?]? = nil, dropout: Float, products: AddedProducts,
        _ make: @escaping (ForwardPass) -> [KeyValuePrefix]
    ) throws(AttachmentError) {
        guard prefix == nil else { throw AttachmentError(nil, "a model can have one prefix only; leave one out") }
        let places = places ?? attentions.indices.map { $0 }
        precondition(places.count == attentions.count, "attachPrefix: \(places.count) places")
        prefix = Prefix(length: length, places: places, make: make, dropout: dropout, products: products)
    }

    /// The number of virtual tokens in front of attention number `index`.
    public func prefixLength(at index: Int) -> Int { prefix?.places[index] == nil ? 0 : prefix?.length ?? 0 }

    /// Puts `length` virtual tokens into every sequence, or where a template has placed them.
    ///
    /// - Parameter make: the embeddings `[prompt, hidden]`; called once per forward pass.
    /// - Throws: when there is a prompt already.
    public mutating func attachPrompt(
        length: Int, place: PromptPlace = .front, products: AddedProducts,
        _ make: @escaping (ForwardPass) -> Variable
    ) throws(AttachmentError) {
        guard prompt == nil else { throw AttachmentError(nil, "a model can have one prompt only; leave one out") }
        prompt = Prompt(length: length, place: place, make: make, products: products)
    }

    /// Computes the output of the linear map `site` by `apply`, from its input `[rows, inputs]` and the map itself.
    public mutating func wrap(
        _ site: LinearSite, products: AddedProducts,
        _ apply: @escaping (_ x: Variable, _ base: (Variable) -> Variable, _ pass: ForwardPass) -> Variable
    ) {
        wraps[site.path, default: []].append(Wrap(apply: apply, products: products))
    }

    /// Computes what follows the sub-layer `site`, residual and normalisation included, by `apply`.
    ///
    /// - Throws: when another method follows it already.
    public mutating func follow(
        _ site: SublayerSite, products: AddedProducts,
        _ apply: @escaping (_ sublayer: SublayerOutput, _ pass: ForwardPass) -> Variable
    ) throws(AttachmentError) {
        guard followers[site.path] == nil else {
            throw AttachmentError(nil, "two methods follow \(site.path); leave one out")
        }
        followers[site.path] = Follower(apply: apply, products: products)
    }

    /// Adds what `apply` attends to, `[queries, queryWidth]`, to the output of attention number `index`, before or behind its output
    /// map as the backbone has it.
    ///
    /// - Parameter length: the virtual tokens whose keys and values `apply` makes by the call's maps and attends to, once.
    /// - Throws: when another method attends beside it already.
    public mutating func accompany(
        _ index: Int, length: Int, _ apply: @escaping (_ call: AttentionCall, _ pass: ForwardPass) -> Variable
    ) throws(AttachmentError) {
        guard companions[index] == nil else {
            throw AttachmentError(nil, "two methods attend beside \(attentions[index].path); leave one out")
        }
        companions[index] = Companion(apply: apply, length: length)
    }

    /// Adds `term`, a single number, to the loss of every training step.
    public mutating func penalize(_ term: @escaping (ForwardPass) -> Variable) { penalties.append(term) }

    /// Tells `observer` of every update.
    public mutating func observeSteps(_ observer: any StepObserver) { stepObservers.append(observer) }

    /// Trains the parameters of the backbone and of a pretrained head for which `condition` holds, besides those already trained.
    public func train(where condition: (Parameter) -> Bool) {
        for parameter in store.parameters
        where parameter.owner != .tuner && !parameter.isTrained && condition(parameter) {
            parameter.isTrained = true
        }
    }

    /// Every parameter of the model, in the order of declaration.
    public var parameters: [Parameter] { store.parameters }
    /// The parameters that are trained, in the order of declaration.
    public var trained: [Parameter] { store.parameters.filter(\.isTrained) }
}
