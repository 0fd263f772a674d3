import Autograd
import Tensors

/// One forward computation: the graph it goes through, and the randomness of its step. Through a pass with a cache many batches go
/// one after the other, each with the next tokens of the same sequences.
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
    /// The keys and values that stand in front of attentions, made at the first use.
    public private(set) lazy var prefixes: [KeyValuePrefix] = graph.prefix?.make(self) ?? []
    /// The embeddings of virtual tokens, `[prompt, hidden]`, made at the first use; nil where there are none.
    public private(set) lazy var prompt: Variable? = graph.prompt?.make(self)

    /// Told the keys and values of each attention's own rows, each `[tokens, keyWidth]`, lowest attention first.
    public var onAttention: ((_ key: Variable, _ value: Variable) -> Void)?

    /// What is kept of earlier tokens, in a pass that goes on where batches before ended; nil in one that sees whole sequences.
    public var cache: KeyValueCache?
    private var made: [String: [Variable]] = [:]
    /// Where in the backbone's layers the pass is, and where it ends.
    var walk: LayerWalk
    /// Whether in training what a layer computes is made again in backward, rather than kept.
    let checkpointsLayers: Bool

    /// A pass through `graph`.
    ///
    /// - Parameters:
    ///   - quietLayers: how many of the lowest layers have no dropout, the embeddings below them neither; nil where all have.
    ///   - end: the layer in front of which it ends; nil goes through all.
    ///   - checkpointsLayers: whether in training what a layer computes is made again in backward, rather than kept.
    public init(
        _ graph: TunerGraph, mode: Mode, quietLayers: Int? = nil, end: Int? = nil, checkpointsLayers: Bool = false
    ) {
        self.graph = graph
        self.mode = mode
        walk = LayerWalk(end: end ?? .max, quietLayers: quietLayers)
        self.checkpointsLayers = checkpointsLayers
    }

    /// The mask of the dropout at the place named `path`; nil in evaluation, when nothing is dropped, and in a frozen part that is to
    /// have no dropout.
    public func dropout(_ rate: Float, at path: String) -> DropoutMask? {
        guard case .training(let seed, let step) = mode, rate > 0, !walk.isQuiet else { return nil }
        let stream = RandomStream.key(seed: seed, path: path)
        return DropoutMask(rate: rate, key: RandomStream.key(seed: stream, path: "step \(step)"))
    }

    /// The number of virtual tokens in front of each sequence's keys; tokens' positions start after them.
    public var prefixLength: Int { graph.prefix?.length ?? 0 }

    /// The keys and values in front of attention number `index`, and their dropout.
    public func prefix(at index: Int) -> (prefix: KeyValuePrefix, dropout: DropoutMask?)? {
        guard let attached = graph.prefix, let place = attached.places[index] else { return nil }
        return (prefixes[place], dropout(attached.dropout, at: graph.attentions[index].path + ".prefix"))
    }

    /// The embeddings of a batch's tokens, virtual ones from the prompt.
    ///
    /// - Parameters:
    ///   - words: the table of embeddings, `[vocabulary, hidden]`
    ///   - batch: with virtual tokens only where the graph has a prompt.
    /// - Returns: `[tokens, hidden]`
    public func embed(_ words: Variable, _ batch: Batch) -> Variable {
        guard batch.hasVirtualTokens, let prompt else { return gather(words, batch.inputIDs) }
        return gather(words, prompt: prompt, batch.inputIDs)
    }

    /// The output of attention number `index`.
    ///
    /// - Parameters:
    ///   - key: `[tokens, keyWidth]`
    ///   - value: `[tokens, keyWidth]`
    ///   - bias: of distances, `[heads, distances]`, where the layout has them.
    ///   - call: the queries, the layout without the prefix's dropout, and the maps of keys and values.
    /// - Returns: `[queries, queryWidth]`
    public func attend(
        at index: Int, key: Variable, value: Variable, bias: Variable? = nil, _ call: AttentionCall
    ) -> Variable {
        onAttention?(key, value)
        let prefix = prefix(at: index)
        if let cache, graph.attentions[index].stack != .encoder {
            let isStart = cache.isEmpty
            cache.append(index, key: key.value, value: value.value, offsets: call.layout.keyOffsets)
            if !isStart { return attendToKept(index, cache, bias: bias, call) }
        }
        let layout = prefix?.dropout.map(call.layout.withPrefixDropout) ?? call.layout
        return attention(
            query: call.query, key: key, value: value, prefix: prefix?.prefix, bias: bias, layout: layout)
    }

    /// The output of attention number `index` to a source, whose keys and values are made once where the pass keeps them.
    ///
    /// - Parameters:
    ///   - call: as in `attend`; its layout has the source's keys.
    ///   - make: keys and values of the source, each `[tokens, keyWidth]`
    /// - Returns: `[queries, queryWidth]`
    public func attendToSource(
        at index: Int, _ call: AttentionCall, _ make: () -> (key: Variable, value: Variable)
    ) -> Variable {
        if let cache, !cache.isEmpty { return attendToKept(index, cache, bias: nil, call) }
        let (key, value) = make()
        return attend(at: index, key: key, value: value, call)
    }

    private func attendToKept(
        _ index: Int, _ cache: KeyValueCache, bias: Variable?, _ call: AttentionCall
    ) -> Variable {
        let prefix = prefix(at: index)?.prefix
        return Variable(
            Kernels.attention(
                call.layout, query: call.query.value, kept: cache.sequences.map { $0.attentions[index] },
                prefixKey: prefix?.key.value, prefixValue: prefix?.value.value, bias: bias?.value))
    }

    /// What `make` gives, in a pass with a cache made at the first use: for what depends on parameters alone and would be made again for
    /// each of the batches that go through.
    ///
    /// - Parameter path: names it.
    public func once(_ path: String, _ make: () -> [Variable]) -> [Variable] {
        guard cache != nil else { return make() }
        if let found = made[path] { return found }
        let values = make()
        made[path] = values
        return values
    }

    /// What a method attends to beside attention number `index`, to be added before or behind its output map, as the family has
    /// it; nil where none does.
    ///
    /// - Returns: `[queries, queryWidth]`
    public func accompany(_ index: Int, _ call: AttentionCall) -> Variable? {
        graph.companions[index]?.apply(call, self)
    }

    /// What follows the sub-layer `site`, by the method that follows it; nil where none does.
    ///
    /// - Returns: `[rows, hidden]`
    public func follow(_ site: SublayerSite, _ sublayer: () -> SublayerOutput) -> Variable? {
        graph.followers[site.path]?.apply(sublayer(), self)
    }
}
