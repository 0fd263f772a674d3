import Models
import NN
import Tensors
import Training

/// The products of a feature's pass through backbone and head, in floating-point operations.
package struct PassCost {
    private var backbone: BackboneCost
    private let head: any Head
    private let graph: TunerGraph
    private let prompt: Int
    private let isBackboneTrained: Bool
    /// How much of a pass a training step computes, and an evaluation.
    private let trainingSpan: PassSpan, evaluationSpan: PassSpan
    private let frozenSpan: PassSpan?

    /// - Parameters:
    ///   - training: how far what training reads was computed beforehand; nil for not at all.
    ///   - evaluation: the same of what is scored.
    package init(_ model: TunedModel, training: FrozenDepth? = nil, evaluation: FrozenDepth? = nil) {
        trainingSpan = training.map { .above($0) } ?? .whole
        evaluationSpan = evaluation.map { .above($0) } ?? .whole
        frozenSpan = model.frozenPart.depth.map { .below($0) }
        backbone = model.backbone.cost
        backbone.checkpointsLayers = model.checkpointsLayers
        head = model.head
        graph = model.graph
        prompt = graph.prompt?.length ?? 0
        isBackboneTrained = backbone.isTrained(graph)
    }

    /// Operations of one pass that do not depend on its sequences.
    package func perPass(isTraining: Bool) -> Int { backbone.operationsPerPass(graph, isTraining: isTraining) }

    /// Forward and backward for a feature.
    package func training(_ feature: Feature) -> Int {
        sequences(feature, isTraining: true, in: trainingSpan)
    }

    /// Forward through the frozen part alone.
    package func frozen(_ features: [Feature]) -> Int {
        guard let frozenSpan else { return 0 }
        return features.reduce(0) { $0 + sequences($1, isTraining: false, in: frozenSpan, hasHead: false) }
    }

    /// Forward for all of `features`, in batches of `batchSize`.
    package func evaluation(_ features: [Feature], batchSize: Int) -> Int {
        let batches = (features.count + batchSize - 1) / batchSize
        return features.reduce(TrainingWork.product(batches, perPass(isTraining: false))) {
            $0 + sequences($1, isTraining: false, in: evaluationSpan)
        }
    }

    /// Forward through the backbone for a feature of one sequence, of which so many tokens are read.
    func backboneOperations(_ feature: Feature, read: Int) -> Int {
        backbone.operations(
            length: feature.inputIDs.count + prompt, decoderLength: feature.decoderInputIDs.count, read: read, graph,
            isTraining: false)
    }

    private func sequences(_ feature: Feature, isTraining: Bool, in span: PassSpan, hasHead: Bool = true) -> Int {
        let added = feature.inputIDs.contains { $0 < 0 } ? 0 : prompt
        let own = hasHead ? head.operations(feature, isBackboneTrained: isTraining ? isBackboneTrained : nil) : 0
        var start = 0
        return feature.sequenceLengths.reduce(own) { total, length in
            defer { start += length }
            let placed = feature.inputIDs[start..<start + length].count { $0 < 0 }
            let read = head.reading.count(ofLength: length - placed)
            return total
                + backbone.operations(
                    length: length + added, decoderLength: feature.decoderInputIDs.count, read: read, graph,
                    isTraining: isTraining, in: span)
        }
    }
}

/// The sequences that all steps of a training see.
struct TrainingWork {
    /// Tokens and operations of all steps.
    private(set) var tokens = 0, operations = 0
    /// How many steps there are.
    let steps: Int
    /// The features of the batch with the most tokens, of the first epochs.
    private(set) var largestBatch: [Int] = []
    /// The features that are read at all: all, or those of the part of an epoch that the training takes.
    private(set) var readFeatures: [Int] = []

    /// Whole epochs see every sequence once, whatever the order; of a part of an epoch the order decides.
    init(_ assembly: Assembly, _ cost: PassCost) {
        let (plan, features) = (assembly.trainingPlan, assembly.training.features)
        let (lengths, counts) = (features.map(\.inputIDs.count), features.map(\.tokenCount))
        let costs = features.map(cost.training)
        let manifest = assembly.resolved.manifest
        let order = BatchOrder(lengths: lengths, plan, manifest.train, seed: UInt64(manifest.seed))
        steps = plan.totalSteps
        let (epochs, rest) = steps.quotientAndRemainder(dividingBy: plan.stepsPerEpoch)
        tokens = Self.product(epochs, counts.reduce(0, +))
        let eachBatch = cost.perPass(isTraining: true)
        let epoch = costs.reduce(Self.product(plan.batchesPerEpoch, eachBatch), +)
        operations = Self.product(epochs, epoch)
        func look(at batch: [Int], _ most: inout Int) {
            let tokens = batch.reduce(0) { $0 + counts[$1] }
            if tokens > most { (most, largestBatch) = (tokens, batch) }
        }
        var most = 0
        if rest > 0 {
            for batch in order.batches(epoch: epochs).prefix(rest * plan.accumulationSteps) {
                tokens += batch.reduce(0) { $0 + counts[$1] }
                operations += batch.reduce(eachBatch) { $0 + costs[$1] }
                look(at: batch, &most)
                if epochs == 0 { readFeatures += batch }
            }
        }
        // Others are as these.
        for epoch in 0..<min(epochs, 3) {
            for batch in order.batches(epoch: epoch) { look(at: batch, &most) }
        }
        if epochs > 0 { readFeatures = Array(features.indices) }
    }
}

extension TrainingWork {
    /// The product, or where a manifest asks for more than can be counted, a number beyond all patience.
    fileprivate static func product(_ count: Int, _ each: Int) -> Int {
        let (product, overflow) = count.multipliedReportingOverflow(by: each)
        return overflow ? .max / 4 : min(product, .max / 4)
    }
}
