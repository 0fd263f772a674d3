import Models
import NN
import Tensors
import Training

/// The products of a feature's pass through backbone and head, in floating-point operations.
package struct PassCost {
    private let backbone: BackboneCost
    private let head: any Head
    private let graph: TunerGraph
    private let prompt: Int
    private let isBackboneTrained: Bool

    package init(_ model: TunedModel) {
        backbone = model.backbone.cost
        head = model.head
        graph = model.graph
        prompt = graph.prompt?.length ?? 0
        isBackboneTrained = backbone.isTrained(graph)
    }

    /// Operations of one pass that do not depend on its sequences.
    package func perPass(isTraining: Bool) -> Int { backbone.operationsPerPass(graph, isTraining: isTraining) }

    /// Forward and backward for a feature.
    package func training(_ feature: Feature) -> Int {
        sequences(feature, isTraining: true)
    }

    /// Forward for all of `features`, in batches of `batchSize`.
    package func evaluation(_ features: [Feature], batchSize: Int) -> Int {
        let batches = (features.count + batchSize - 1) / batchSize
        return features.reduce(TrainingWork.product(batches, perPass(isTraining: false))) {
            $0 + sequences($1, isTraining: false)
        }
    }

    /// Forward through the backbone for a feature of one sequence, of which so many tokens are read.
    func backboneOperations(_ feature: Feature, read: Int) -> Int {
        backbone.operations(
            length: feature.inputIDs.count + prompt, decoderLength: feature.decoderInputIDs.count, read: read, graph,
            isTraining: false)
    }

    private func sequences(_ feature: Feature, isTraining: Bool) -> Int {
        let added = feature.inputIDs.contains { $0 < 0 } ? 0 : prompt
        let own = head.operations(feature, isBackboneTrained: isTraining ? isBackboneTrained : nil)
        var start = 0
        return feature.sequenceLengths.reduce(own) { total, length in
            defer { start += length }
            let placed = feature.inputIDs[start..<start + length].count { $0 < 0 }
            let read = head.reading.count(ofLength: length - placed)
            return total
                + backbone.operations(
                    length: length + added, decoderLength: feature.decoderInputIDs.count, read: read, graph,
                    isTraining: isTraining)
        }
    }
}

/// The sequences that all steps of a training see.
struct TrainingWork {
    /// Tokens and operations of all steps.
    private(set) var tokens = 0, operations = 0
    /// Tokens of the largest batch of the first epoch, and those of them that a decoder beside an encoder reads.
    private(set) var largestBatch = (tokens: 0, ofDecoder: 0)

    /// Whole epochs see every sequence once, whatever the order; of a part of an epoch the order decides.
    init(_ assembly: Assembly, _ cost: PassCost) {
        let (plan, features) = (assembly.trainingPlan, assembly.training.features)
        let (lengths, counts) = (features.map(\.inputIDs.count), features.map(\.tokenCount))
        let costs = features.map(cost.training)
        let manifest = assembly.resolved.manifest
        let order = BatchOrder(lengths: lengths, plan, manifest.train, seed: UInt64(manifest.seed))
        let (epochs, rest) = plan.totalSteps.quotientAndRemainder(dividingBy: plan.stepsPerEpoch)
        tokens = Self.product(epochs, counts.reduce(0, +))
        let eachBatch = cost.perPass(isTraining: true)
        let epoch = costs.reduce(Self.product(plan.batchesPerEpoch, eachBatch), +)
        operations = Self.product(epochs, epoch)
        if rest > 0 {
            for batch in order.batches(epoch: epochs).prefix(rest * plan.accumulationSteps) {
                tokens += batch.reduce(0) { $0 + counts[$1] }
                operations += batch.reduce(eachBatch) { $0 + costs[$1] }
            }
        }
        for batch in order.batches(epoch: 0) {
            let tokens = batch.reduce(0) { $0 + counts[$1] }
            guard tokens > largestBatch.tokens else { continue }
            largestBatch = (tokens, tokens - batch.reduce(0) { $0 + lengths[$1] })
        }
    }
}

extension TrainingWork {
    /// The product, or where a manifest asks for more than can be counted, a number beyond all patience.
    fileprivate static func product(_ count: Int, _ each: Int) -> Int {
        let (product, overflow) = count.multipliedReportingOverflow(by: each)
        return overflow ? .max / 4 : min(product, .max / 4)
    }
}

/// What a run holds in memory at its peak, added up from what each part documents.
struct MemoryEstimate {
    /// The sum.
    let bytes: Int

    init(_ assembly: Assembly, largestBatch: (tokens: Int, ofDecoder: Int)) {
        let graph = assembly.model.graph
        let float = MemoryLayout<Float>.size
        let weights = graph.parameters.reduce(0) { $0 + $1.shape.count } * float
        // A trained parameter has a value of its own, a gradient, two moments, and while it changes a copy of the best one.
        let train = assembly.resolved.manifest.train
        let copies = train.restoresBest && train.evaluationStrategy != .no ? 5 : 4
        let trained = graph.trained.reduce(0) { $0 + $1.shape.count } * float * copies
        let (all, ofDecoder) = largestBatch
        let activations = assembly.model.backbone.cost.activationBytes(
            tokens: all - ofDecoder, decoderTokens: ofDecoder, graph)
        let tokens = assembly.training.tokenCount + (assembly.evaluation?.data.tokenCount ?? 0)
        bytes = Self.program + weights + trained + activations + tokens * 2 * MemoryLayout<Int32>.size
    }

    /// The program itself and its libraries.
    private static let program = 30_000_000
}
