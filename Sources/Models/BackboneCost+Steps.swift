import NN
import Tensors

/// What one more token of a text costs that is written token by token, what went before being kept.
public struct StepCost: Hashable, Sendable {
    /// Operations whatever went before.
    public let fixed: Int
    /// Operations for each token that went before, virtual ones included, and for itself.
    public let perKey: Int
    /// Operations for each token of the source, beside which a decoder writes.
    public let perSourceToken: Int
    /// Bytes that are kept of each token, and of each token of the source.
    public let keptBytes: Int, keptSourceBytes: Int
}

extension BackboneCost {
    /// What one more token of a text costs.
    public func step(_ graph: TunerGraph) -> StepCost {
        var (fixed, perKey, perSourceToken, kept, keptSource) = (0, 0, 0, 0, 0)
        let isDecoder = stages.contains { $0.rows == .decoder }
        for stage in stages where stage.rows == (isDecoder ? .decoder : .sequence) {
            for work in stage.works {
                switch work {
                case .linear(let site, _):
                    fixed += site.operationsPerRow
                    fixed += (graph.wraps[site.path] ?? []).reduce(0) { $0 + $1.products.perRow.forward }
                case .attention(let index, let site, _, _, _, _, _):
                    let bytes = 2 * site.keyWidth * MemoryLayout<Float>.size
                    let beside = graph.prefixLength(at: index) + (graph.companions[index]?.length ?? 0)
                    fixed += 4 * site.queryWidth * beside
                    if site.stack == .cross {
                        perSourceToken += 4 * site.queryWidth
                        keptSource += bytes
                    } else {
                        perKey += 4 * site.queryWidth
                        kept += bytes
                    }
                case .sublayer(let site, _):
                    fixed += graph.followers[site.path]?.products.perRow.forward ?? 0
                }
            }
        }
        return StepCost(
            fixed: fixed, perKey: perKey, perSourceToken: perSourceToken, keptBytes: kept, keptSourceBytes: keptSource)
    }
}
