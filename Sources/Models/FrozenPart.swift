import NN

/// The part of a model that gives the same in every step: all that lies below the lowest site with a trained parameter or something
/// attached.
///
/// It is found from the sites of the tuner graph, so that no method has to say where it is.
public struct FrozenPart: Hashable, Sendable {
    /// How far up it reaches; nil where there is none, or what it gives is not kept.
    public let depth: FrozenDepth?
    /// Why there is none, as part of a sentence.
    public let refusal: String?
    /// The lowest layer that does not belong to it; the number of layers where all do.
    public let layer: Int
    /// The number of layers.
    public let layerCount: Int
    /// Whether the embeddings belong to it.
    public let hasEmbeddings: Bool

    /// The frozen part of a backbone with what is attached to it.
    ///
    /// - Parameter readsSummary: whether the head reads a summary of whole sequences.
    public init(_ backbone: any Backbone, _ graph: TunerGraph, readsSummary: Bool) {
        let cost = backbone.cost
        let lowest = cost.lowestTrained(graph)
        layerCount = cost.layerCount
        let trainsEmbeddings = cost.embeddings.contains(where: \.isTrained)
        hasEmbeddings = graph.prompt == nil && !trainsEmbeddings
        layer = hasEmbeddings ? cost.layers(below: lowest ?? cost.stages.count) : 0
        refusal =
            switch true {
            case backbone.kind == .encoderDecoder: "an encoder-decoder has two networks"
            case graph.prompt != nil: "virtual tokens stand among the embeddings"
            case trainsEmbeddings: "the embeddings are trained"
            case layer == 0: "something is trained in the lowest layer"
            default: nil
            }
        guard refusal == nil else {
            depth = nil
            return
        }
        guard lowest == nil else {
            // The normalisation behind the last layer belongs to that layer.
            depth = layer < layerCount ? .layer(layer) : layerCount > 1 ? .layer(layerCount - 1) : nil
            return
        }
        let isSummaryFrozen = readsSummary && cost.summary.map { !graph.isTrained($0) } ?? false
        depth = isSummaryFrozen ? .summary : .hidden
    }
}

extension FrozenDepth {
    /// The rows that are kept of a feature.
    ///
    /// - Parameter reading: the head's.
    public func rows(of feature: Feature, _ reading: Reading) -> Int {
        switch self {
        case .layer: feature.inputIDs.count
        case .hidden: feature.sequenceLengths.reduce(0) { $0 + reading.count(ofLength: $1) }
        case .summary: feature.breaks.count + 1
        }
    }
}

/// Some of a pass's stages.
public enum PassSpan: Hashable, Sendable {
    /// All of them, with the summary.
    case whole
    /// Those of the frozen part.
    case below(FrozenDepth)
    /// The others.
    case above(FrozenDepth)
}

extension BackboneCost {
    /// The number of layers.
    var layerCount: Int { layers(below: stages.count) }

    /// How many layers end below a stage: each ends with the place behind its feed-forward network.
    func layers(below stage: Int) -> Int { stages[..<stage].count(where: \.endsWithFeedForward) }

    /// The stages of a span, and whether the summary is made in it.
    func stages(of span: PassSpan) -> (stages: Range<Int>, hasSummary: Bool) {
        switch span {
        case .whole: (0..<stages.count, true)
        case .below(let depth): (0..<firstStage(above: depth), depth == .summary)
        case .above(let depth): (firstStage(above: depth)..<stages.count, depth != .summary)
        }
    }

    private func firstStage(above depth: FrozenDepth) -> Int {
        guard case .layer(let layer) = depth else { return stages.count }
        let ends = stages.indices.filter { stages[$0].endsWithFeedForward }
        return layer == 0 ? 0 : ends[layer - 1] + 1
    }
}

extension BackboneCost.Stage {
    fileprivate var endsWithFeedForward: Bool {
        works.contains { work in
            if case .sublayer(let site, _) = work { return site.kind == .feedForward }
            return false
        }
    }
}
