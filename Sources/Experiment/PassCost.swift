import Models
import NN
import Tensors
import Training

/// The products of one sequence's pass through backbone and head, in floating-point operations.
struct PassCost {
    private let backbone: EncoderCost
    private let head: any Head
    private let hidden: Int
    private let prefix: Int
    private let depth: EncoderCost.Training
    /// Products of a pass that do not depend on the sequences: those that make a prefix.
    let prefixProducts: TunerGraph.Prefix.Products

    init(_ assembly: Assembly) {
        backbone = assembly.model.backbone.cost
        head = assembly.model.head
        hidden = assembly.model.backbone.hiddenSize
        prefix = assembly.model.graph.prefix?.length ?? 0
        depth = assembly.depth
        prefixProducts = assembly.model.graph.prefix?.products ?? .init(forward: 0, training: 0)
    }

    /// Forward and backward for a sequence of `length` tokens.
    func training(length: Int) -> Int {
        // Forward, the weight's gradient, and the input's where anything below is trained.
        let headProducts = depth == .headOnly ? 2 : 3
        return backbone.operations(length: length, prefix: prefix, reading: head.reading, training: depth)
            + headProducts * headMap(length)
    }

    /// Forward for all of `features`, in batches of `batchSize`.
    func evaluation(_ features: [Feature], batchSize: Int) -> Int {
        let batches = (features.count + batchSize - 1) / batchSize
        return features.reduce(TrainingWork.product(batches, prefixProducts.forward)) { total, feature in
            let length = feature.inputIDs.count
            return total + headMap(length)
                + backbone.operations(length: length, prefix: prefix, reading: head.reading, training: nil)
        }
    }

    private func headMap(_ length: Int) -> Int { 2 * hidden * head.outputs * head.reading.count(ofLength: length) }
}

/// The sequences that all steps of a training see.
struct TrainingWork {
    /// Tokens and operations of all steps.
    private(set) var tokens = 0, operations = 0
    /// Tokens of the largest batch of the first epoch.
    private(set) var largestBatch = 0

    /// Whole epochs see every sequence once, whatever the order; of a part of an epoch the order decides.
    init(_ assembly: Assembly, _ cost: PassCost) {
        let (plan, lengths) = (assembly.trainingPlan, assembly.training.features.map(\.inputIDs.count))
        let costs = lengths.map(cost.training)
        let manifest = assembly.resolved.manifest
        let order = BatchOrder(lengths: lengths, plan, manifest.train, seed: UInt64(manifest.seed))
        let (epochs, rest) = plan.totalSteps.quotientAndRemainder(dividingBy: plan.stepsPerEpoch)
        tokens = Self.product(epochs, lengths.reduce(0, +))
        let eachBatch = cost.prefixProducts.training
        let epoch = costs.reduce(Self.product(plan.batchesPerEpoch, eachBatch), +)
        operations = Self.product(epochs, epoch)
        if rest > 0 {
            for batch in order.batches(epoch: epochs).prefix(rest * plan.accumulationSteps) {
                tokens += batch.reduce(0) { $0 + lengths[$1] }
                operations += batch.reduce(eachBatch) { $0 + costs[$1] }
            }
        }
        largestBatch = order.batches(epoch: 0).map { $0.reduce(0) { $0 + lengths[$1] } }.max() ?? 0
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

    init(_ assembly: Assembly, largestBatch: Int) {
        let graph = assembly.model.graph
        let float = MemoryLayout<Float>.size
        let weights = graph.parameters.reduce(0) { $0 + $1.shape.count } * float
        // A trained parameter has a value of its own, a gradient, two moments, and while it changes a copy of the best one.
        let train = assembly.resolved.manifest.train
        let copies = train.restoresBest && train.evaluationStrategy != .no ? 5 : 4
        let trained = graph.trained.reduce(0) { $0 + $1.shape.count } * float * copies
        let activations = assembly.model.backbone.cost.activationBytes(tokens: largestBatch, training: assembly.depth)
        let tokens = assembly.training.tokenCount + (assembly.evaluation?.data.tokenCount ?? 0)
        bytes = Self.program + weights + trained + activations + tokens * 2 * MemoryLayout<Int32>.size
    }

    /// The program itself and its libraries.
    private static let program = 30_000_000
}
