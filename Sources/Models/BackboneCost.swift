import NN
import Tensors

/// What a pass through a backbone computes, in order, and from it by counting: products in floating-point operations.
public struct BackboneCost {
    /// One thing that is computed.
    public enum Work {
        /// A linear map; in the last layer some run only for the rows that are read.
        case linear(LinearSite, isRead: Bool)
        /// An attention, by its index, with the maps that make its queries, keys and values, and the table that its biases by distance
        /// come from.
        case attention(
            Int, AttentionSite, query: LinearSite, key: LinearSite, value: LinearSite, isRead: Bool,
            bias: Parameter? = nil)
        /// The place behind a sub-layer where a method may follow.
        case sublayer(SublayerSite, isRead: Bool)
    }

    /// Which rows something is computed for.
    public enum Rows: Hashable, Sendable {
        /// Those of the sequence, which in an encoder-decoder is the source.
        case sequence
        /// Those of the source, for attentions of the decoder.
        case memory
        /// Those that the decoder beside an encoder reads.
        case decoder
    }

    /// Things that are computed from the same hidden states, and the normalisation behind them.
    public struct Stage {
        let works: [Work]
        let norms: [Parameter]
        let rows: Rows
        /// Whether it is the first, or the last, of a layer.
        fileprivate(set) var beginsLayer = false, endsLayer = false

        /// `works`, all from what the stages before gave of these rows, and the parameters of what follows them.
        public init(_ works: [Work], norms: [Parameter] = [], rows: Rows = .sequence) {
            self.works = works
            self.norms = norms
            self.rows = rows
        }
    }

    /// The parameters below the first stage.
    let embeddings: [Parameter]
    let stages: [Stage]
    /// The map that makes a summary of each sequence, for heads that read one.
    let summary: LinearSite?
    let hidden: Int
    /// Whether backward computes layers again that something trained lies in or below (`checkpointed`).
    package var checkpointsLayers = false

    /// What is computed from these embeddings, stage by stage.
    public init(embeddings: [Parameter], stages: [Stage], summary: LinearSite?, hidden: Int) {
        self.embeddings = embeddings
        self.stages = stages
        self.summary = summary
        self.hidden = hidden
    }

    /// Whether anything of the backbone, or attached to it, is trained, so that a backward pass enters it.
    public func isTrained(_ graph: TunerGraph) -> Bool {
        var walk = CostWalk(self, graph, length: 1, decoderLength: 1, read: 1)
        walk.run(isTraining: true)
        return walk.isTrainedBelow
    }

    /// Operations of the products for one sequence.
    ///
    /// - Parameters:
    ///   - length: its tokens, virtual ones included.
    ///   - decoderLength: the tokens that a decoder beside an encoder reads.
    ///   - read: how many of them the head reads.
    ///   - isTraining: whether a backward pass follows.
    ///   - span: the part of the pass that is meant.
    public func operations(
        length: Int, decoderLength: Int = 0, read: Int, _ graph: TunerGraph, isTraining: Bool,
        in span: PassSpan = .whole
    ) -> Int {
        var walk = CostWalk(self, graph, length: length, decoderLength: decoderLength, read: read)
        walk.run(isTraining: isTraining, in: span)
        return walk.operations
    }

    /// The lowest stage in which anything is trained or attached; nil where there is none.
    func lowestTrained(_ graph: TunerGraph) -> Int? {
        let walk = CostWalk(self, graph, length: 1, decoderLength: 1, read: 1)
        return stages.firstIndex { stage in
            stage.norms.contains(where: \.isTrained) || stage.works.contains { walk.isTrained($0) }
        }
    }

    /// Operations of a pass that do not depend on its sequences: making prefixes, prompts, and what is attended to beside.
    public func operationsPerPass(_ graph: TunerGraph, isTraining: Bool) -> Int {
        let products =
            [graph.prefix?.products, graph.prompt?.products].compactMap { $0 }
            + graph.wraps.values.joined().map(\.products) + graph.followers.values.map(\.products)
        let made = products.reduce(0) { $0 + $1.perPass.forward + (isTraining ? $1.perPass.backward : 0) }
        let beside = operationsBeside(graph, isTraining: isTraining)
        let once = made + beside.forward + beside.backward
        guard isTraining, checkpointsLayers else { return once }
        // What layers compute of it comes twice.
        let wraps = graph.wraps.filter { $0.key != summary?.path }.values.joined().map(\.products)
        let inLayers = wraps + graph.followers.values.map(\.products)
        return inLayers.reduce(once + beside.forward) { $0 + $1.perPass.forward }
    }

    /// Operations of the maps that make keys and values of what is attended to beside attentions, wraps included.
    private func operationsBeside(_ graph: TunerGraph, isTraining: Bool) -> (forward: Int, backward: Int) {
        var (forward, backward) = (0, 0)
        for case .attention(let index, _, _, let key, let value, _, _) in stages.flatMap(\.works) {
            guard let rows = graph.companions[index]?.length else { continue }
            for site in key.path == value.path ? [key] : [key, value] {
                forward += site.operationsPerRow * rows
                backward += (site.weight.isTrained ? 2 : 1) * site.operationsPerRow * rows
                for wrap in graph.wraps[site.path] ?? [] {
                    for (count, times) in [(wrap.products.perRow, rows), (wrap.products.perPass, 1)] {
                        forward += (count.forward + (isTraining ? count.forwardInTraining : 0)) * times
                        backward += (count.backward + count.inputGradient) * times
                    }
                }
            }
        }
        return (forward, isTraining ? backward : 0)
    }
}

/// Counts the operations of one sequence, stage by stage.
private struct CostWalk {
    let cost: BackboneCost
    let graph: TunerGraph
    let length: Int
    let decoderLength: Int
    let read: Int
    /// Whether anything trained lies below the stage that comes next, of its rows.
    private(set) var isTrainedBelow: Bool
    /// The same of each kind of rows.
    private var isTrained: [BackboneCost.Rows: Bool]
    /// Whether something is trained in a linear map or below it, by its path.
    private var hasTrainedPart: [String: Bool] = [:]
    private(set) var operations = 0
    /// Those of the forward pass, and how many they were at the start of the layer.
    private var forward = (all: 0, beforeLayer: 0)

    init(_ cost: BackboneCost, _ graph: TunerGraph, length: Int, decoderLength: Int, read: Int) {
        self.cost = cost
        self.graph = graph
        self.length = length
        self.decoderLength = decoderLength
        self.read = read
        let ofEmbeddings = cost.embeddings.contains(where: \.isTrained)
        isTrainedBelow = graph.prompt != nil || ofEmbeddings
        isTrained = [.sequence: isTrainedBelow, .decoder: ofEmbeddings]
    }

    mutating func run(isTraining: Bool, in span: PassSpan = .whole) {
        let (stages, hasSummary) = cost.stages(of: span)
        for stage in cost.stages[stages] {
            isTrainedBelow = isTrained[stage.rows == .memory ? .sequence : stage.rows] ?? false
            let all = stage.rows == .decoder ? decoderLength : length
            if stage.beginsLayer { forward.beforeLayer = forward.all }
            var trains = stage.norms.contains(where: \.isTrained)
            for work in stage.works {
                switch work {
                case .linear(let site, let isRead):
                    add(site, rows: isRead ? read : all, isTraining)
                    hasTrainedPart[site.path] = isTrainedBelow || graph.isTrained(site)
                case .attention(let index, let site, let query, let key, let value, let isRead, let bias):
                    let wanted = [query, key, value].map { hasTrainedPart[$0.path] ?? isTrainedBelow }
                    add(index, site, wanted, bias, rows: isRead ? read : all, isTraining)
                    trains = trains || wanted.contains(true)
                case .sublayer(let site, let isRead):
                    if let products = graph.followers[site.path]?.products {
                        add(products.perRow, rows: isRead ? read : all, isTraining)
                    }
                }
                trains = trains || isTrained(work)
            }
            // What the decoder makes of the source's rows reaches it through its attentions only.
            if stage.rows == .memory { continue }
            isTrainedBelow = isTrainedBelow || trains
            isTrained[stage.rows] = isTrainedBelow
            if stage.endsLayer, isTraining, cost.checkpointsLayers, isTrainedBelow {
                operations += forward.all - forward.beforeLayer
            }
        }
        if hasSummary, let summary = cost.summary {
            add(summary, rows: 1, isTraining)
            isTrainedBelow = isTrainedBelow || graph.isTrained(summary)
        }
    }

    func isTrained(_ work: BackboneCost.Work) -> Bool {
        switch work {
        case .linear(let site, _): graph.isTrained(site)
        case .attention(let index, let site, _, _, _, _, let bias):
            graph.isTrained(index, site) || bias?.isTrained == true
        case .sublayer(let site, _): graph.isTrained(site)
        }
    }

    private mutating func addForward(_ count: Int) {
        operations += count
        forward.all += count
    }

    private mutating func add(_ site: LinearSite, rows: Int, _ isTraining: Bool) {
        let product = 2 * site.inputs * site.outputs * rows
        addForward(product)
        if isTraining && isTrainedBelow { operations += product }
        if isTraining && site.weight.isTrained { operations += product }
        for wrap in graph.wraps[site.path] ?? [] { add(wrap.products.perRow, rows: rows, isTraining) }
    }

    private mutating func add(_ count: AddedProducts.Count, rows: Int, _ isTraining: Bool) {
        addForward((count.forward + (isTraining ? count.forwardInTraining : 0)) * rows)
        if isTraining { operations += (count.backward + (isTrainedBelow ? count.inputGradient : 0)) * rows }
    }

    /// - Parameter wanted: whether the gradients of queries, keys and values are.
    private mutating func add(
        _ index: Int, _ site: AttentionSite, _ wanted: [Bool], _ bias: Parameter?, rows: Int, _ isTraining: Bool
    ) {
        // One of the products with the sequence's own keys, one with the prefix's, one with those attended to beside.
        let keys = site.stack == .decoder ? decoderLength : length
        let own = 2 * site.queryWidth * (site.isCausal ? causalScores(rows: rows, keys: keys) : rows * keys)
        let prefixLength = graph.prefixLength(at: index)
        let prefix = 2 * site.queryWidth * rows * prefixLength
        let beside = 2 * site.queryWidth * rows * (graph.companions[index]?.length ?? 0)
        addForward(2 * (own + prefix + beside))
        guard isTraining else { return }
        let (count, wantsQuery) = (wanted.filter(\.self).count, wanted[0])
        if count > 0 || bias?.isTrained == true { operations += (2 + count) * own }
        if wantsQuery { operations += 3 * prefix }
        if prefixLength > 0 { operations += (wantsQuery ? 2 : 4) * prefix }
        operations += (wantsQuery ? 5 : 4) * beside
    }

    /// Scores that a decoder computes: a block of queries sees the keys up to its last one.
    private func causalScores(rows: Int, keys: Int) -> Int {
        guard rows == keys else { return rows * keys }
        return stride(from: 0, to: keys, by: Attention.queryBlock).reduce(0) { sum, start in
            let end = min(keys, start + Attention.queryBlock)
            return sum + (end - start) * end
        }
    }
}

extension [BackboneCost.Stage] {
    /// These stages as one layer.
    var asLayer: [BackboneCost.Stage] {
        var stages = self
        for (index, isEnd) in [(indices.first, false), (indices.last, true)] {
            guard let index else { continue }
            if isEnd { stages[index].endsLayer = true } else { stages[index].beginsLayer = true }
        }
        return stages
    }
}

extension TunerGraph {
    /// Whether something of a linear map is trained, or attached to it.
    func isTrained(_ site: LinearSite) -> Bool {
        site.weight.isTrained || site.bias?.isTrained == true || wraps[site.path] != nil
    }

    /// Whether something that a method attached goes into what attention number `index` gives its output map.
    fileprivate func isTrained(_ index: Int, _ site: AttentionSite) -> Bool {
        prefixLength(at: index) > 0 || site.joinsBeforeOutput && companions[index] != nil
    }

    /// Whether something that a method attached is added behind the sub-layer `site`.
    fileprivate func isTrained(_ site: SublayerSite) -> Bool {
        followers[site.path] != nil || site.kind == .attention && companions[site.layer] != nil
    }
}
