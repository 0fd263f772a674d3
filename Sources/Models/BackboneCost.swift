import NN
import Tensors

/// What a pass through a backbone computes, in order, and from it by counting: products in floating-point operations, memory in
/// bytes.
public struct BackboneCost {
    /// One thing that is computed.
    public enum Work {
        /// A linear map; in the last layer some run only for the rows that are read.
        case linear(LinearSite, isRead: Bool)
        /// An attention, by its index, with the maps that make its queries, keys and values.
        case attention(Int, AttentionSite, query: LinearSite, key: LinearSite, value: LinearSite, isRead: Bool)
        /// The place behind a sub-layer where a method may follow.
        case sublayer(SublayerSite, isRead: Bool)
    }

    /// Things that are computed from the same hidden states, and the normalisation behind them.
    public struct Stage {
        let works: [Work]
        let norms: [Parameter]

        /// `works`, all from what the stages before gave, and the parameters of what follows them.
        public init(_ works: [Work], norms: [Parameter] = []) {
            self.works = works
            self.norms = norms
        }
    }

    /// The parameters below the first stage.
    let embeddings: [Parameter]
    let stages: [Stage]
    /// The map that makes a summary of each sequence, for heads that read one.
    let summary: LinearSite?
    let hidden: Int

    /// What is computed from these embeddings, stage by stage.
    public init(embeddings: [Parameter], stages: [Stage], summary: LinearSite?, hidden: Int) {
        self.embeddings = embeddings
        self.stages = stages
        self.summary = summary
        self.hidden = hidden
    }

    /// Whether anything of the backbone, or attached to it, is trained, so that a backward pass enters it.
    public func isTrained(_ graph: TunerGraph) -> Bool {
        var walk = CostWalk(self, graph, length: 1, read: 1)
        walk.run(isTraining: true)
        return walk.isTrainedBelow
    }

    /// Operations of the products for one sequence.
    ///
    /// - Parameters:
    ///   - length: its tokens, virtual ones included.
    ///   - read: how many of them the head reads.
    ///   - isTraining: whether a backward pass follows.
    public func operations(length: Int, read: Int, _ graph: TunerGraph, isTraining: Bool) -> Int {
        var walk = CostWalk(self, graph, length: length, read: read)
        walk.run(isTraining: isTraining)
        return walk.operations
    }

    /// Operations of a pass that do not depend on its sequences: making prefixes, prompts, and what is attended to beside.
    public func operationsPerPass(_ graph: TunerGraph, isTraining: Bool) -> Int {
        let products =
            [graph.prefix?.products, graph.prompt?.products].compactMap { $0 }
            + graph.wraps.values.joined().map(\.products) + graph.followers.values.map(\.products)
        let made = products.reduce(0) { $0 + $1.perPass.forward + (isTraining ? $1.perPass.backward : 0) }
        return made + operationsBeside(graph, isTraining: isTraining)
    }

    /// Operations of the maps that make keys and values of what is attended to beside attentions, wraps included.
    private func operationsBeside(_ graph: TunerGraph, isTraining: Bool) -> Int {
        var operations = 0
        for case .attention(let index, _, _, let key, let value, _) in stages.flatMap(\.works) {
            guard let rows = graph.companions[index]?.length else { continue }
            for site in key.path == value.path ? [key] : [key, value] {
                let weight = isTraining && site.weight.isTrained ? 1 : 0
                operations += (1 + (isTraining ? 1 : 0) + weight) * site.operationsPerRow * rows
                for wrap in graph.wraps[site.path] ?? [] {
                    for (count, times) in [(wrap.products.perRow, rows), (wrap.products.perPass, 1)] {
                        operations += count.forward * times
                        if isTraining { operations += (count.backward + count.inputGradient) * times }
                    }
                }
            }
        }
        return operations
    }

    /// Bytes that a training step holds at its peak for a batch, weights and optimizer apart.
    ///
    /// Counted from what the operators document that they save, plus the widest gradients in flight.
    public func activationBytes(tokens: Int, _ graph: TunerGraph) -> Int {
        var (saved, widest, isTrainedBelow) = (
            0, hidden, graph.prompt != nil || embeddings.contains(where: \.isTrained)
        )
        for stage in stages {
            for work in stage.works {
                switch work {
                case .linear(let site, _):
                    widest = max(widest, site.outputs)
                    let isOwn = site.weight.isTrained || graph.wraps[site.path] != nil
                    if isOwn { saved += site.inputs }
                    if isTrainedBelow && site.outputs > site.inputs { saved += site.outputs }
                    isTrainedBelow = isTrainedBelow || isOwn || site.bias?.isTrained == true
                case .attention(let index, let site, _, _, _, _):
                    let isCalled = graph.prefix != nil || graph.companions[index] != nil
                    if isTrainedBelow || isCalled { saved += 2 * (site.queryWidth + site.keyWidth) + site.heads }
                    isTrainedBelow = isTrainedBelow || graph.isTrained(index, site)
                case .sublayer(let site, _):
                    isTrainedBelow = isTrainedBelow || graph.isTrained(site)
                    if isTrainedBelow { saved += site.hidden }
                }
            }
            isTrainedBelow = isTrainedBelow || stage.norms.contains(where: \.isTrained)
        }
        return MemoryLayout<Float>.size * tokens * (2 * widest + 5 * hidden + saved)
    }
}

/// Counts the operations of one sequence, stage by stage.
private struct CostWalk {
    let cost: BackboneCost
    let graph: TunerGraph
    let length: Int
    let read: Int
    /// Whether anything trained lies below the stage that comes next.
    private(set) var isTrainedBelow: Bool
    /// Whether something is trained in a linear map or below it, by its path.
    private var hasTrainedPart: [String: Bool] = [:]
    private(set) var operations = 0

    init(_ cost: BackboneCost, _ graph: TunerGraph, length: Int, read: Int) {
        self.cost = cost
        self.graph = graph
        self.length = length
        self.read = read
        isTrainedBelow = graph.prompt != nil || cost.embeddings.contains(where: \.isTrained)
    }

    mutating func run(isTraining: Bool) {
        for stage in cost.stages {
            var trains = stage.norms.contains(where: \.isTrained)
            for work in stage.works {
                switch work {
                case .linear(let site, let isRead):
                    add(site, rows: isRead ? read : length, isTraining)
                    hasTrainedPart[site.path] = isTrainedBelow || isTrained(site)
                case .attention(let index, let site, let query, let key, let value, let isRead):
                    let wanted = [query, key, value].map { hasTrainedPart[$0.path] ?? isTrainedBelow }
                    add(index, site, wanted, rows: isRead ? read : length, isTraining)
                case .sublayer(let site, let isRead):
                    if let products = graph.followers[site.path]?.products {
                        add(products.perRow, rows: isRead ? read : length, isTraining)
                    }
                }
                trains = trains || isTrained(work)
            }
            isTrainedBelow = isTrainedBelow || trains
        }
        if let summary = cost.summary {
            add(summary, rows: 1, isTraining)
            isTrainedBelow = isTrainedBelow || isTrained(summary)
        }
    }

    private func isTrained(_ site: LinearSite) -> Bool {
        site.weight.isTrained || site.bias?.isTrained == true || graph.wraps[site.path] != nil
    }

    private func isTrained(_ work: BackboneCost.Work) -> Bool {
        switch work {
        case .linear(let site, _): isTrained(site)
        case .attention(let index, let site, _, _, _, _): graph.isTrained(index, site)
        case .sublayer(let site, _): graph.isTrained(site)
        }
    }

    private mutating func add(_ site: LinearSite, rows: Int, _ isTraining: Bool) {
        let product = 2 * site.inputs * site.outputs * rows
        operations += product
        if isTraining && isTrainedBelow { operations += product }
        if isTraining && site.weight.isTrained { operations += product }
        for wrap in graph.wraps[site.path] ?? [] { add(wrap.products.perRow, rows: rows, isTraining) }
    }

    private mutating func add(_ count: AddedProducts.Count, rows: Int, _ isTraining: Bool) {
        operations += count.forward * rows
        if isTraining { operations += (count.backward + (isTrainedBelow ? count.inputGradient : 0)) * rows }
    }

    /// - Parameter wanted: whether the gradients of queries, keys and values are.
    private mutating func add(_ index: Int, _ site: AttentionSite, _ wanted: [Bool], rows: Int, _ isTraining: Bool) {
        // One of the products with the sequence's own keys, one with the prefix's, one with those attended to beside.
        let own = 2 * site.queryWidth * (site.isCausal ? causalScores(rows: rows) : rows * length)
        let prefix = 2 * site.queryWidth * rows * (graph.prefix?.length ?? 0)
        let beside = 2 * site.queryWidth * rows * (graph.companions[index]?.length ?? 0)
        operations += 2 * (own + prefix + beside)
        guard isTraining else { return }
        let (count, wantsQuery) = (wanted.filter(\.self).count, wanted[0])
        if count > 0 { operations += (2 + count) * own }
        if wantsQuery { operations += 3 * prefix }
        if graph.prefix != nil { operations += (wantsQuery ? 2 : 4) * prefix }
        operations += (wantsQuery ? 5 : 4) * beside
    }

    /// Scores that a decoder computes: a block of queries sees the keys up to its last one.
    private func causalScores(rows: Int) -> Int {
        guard rows == length else { return rows * length }
        return stride(from: 0, to: length, by: Attention.queryBlock).reduce(0) { sum, start in
            let end = min(length, start + Attention.queryBlock)
            return sum + (end - start) * end
        }
    }
}

extension TunerGraph {
    /// Whether something that a method attached goes into what attention number `index` gives its output map.
    fileprivate func isTrained(_ index: Int, _ site: AttentionSite) -> Bool {
        prefix != nil || site.joinsBeforeOutput && companions[index] != nil
    }

    /// Whether something that a method attached is added behind the sub-layer `site`.
    fileprivate func isTrained(_ site: SublayerSite) -> Bool {
        followers[site.path] != nil || site.kind == .attention && companions[site.layer] != nil
    }
}
