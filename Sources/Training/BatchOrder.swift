import Tensors

/// Which examples come in which batch: a function of the seed and the epoch alone, so that any place can be found again.
public struct BatchOrder: Sendable {
    /// Tokens of each example: `[examples]`.
    public let lengths: [Int]
    /// Sequences in a batch.
    public let batchSize: Int
    /// For batches of similar lengths, how many sequences an update takes; nil shuffles freely.
    public let lengthGroupSize: Int?
    /// Of the shuffle.
    public let seed: UInt64

    /// The order of examples of these lengths.
    public init(lengths: [Int], batchSize: Int, lengthGroupSize: Int? = nil, seed: UInt64) {
        self.lengths = lengths
        self.batchSize = max(1, batchSize)
        self.lengthGroupSize = lengthGroupSize
        self.seed = seed
    }

    /// The order of a training with these settings, for features of these lengths.
    public init(lengths: [Int], _ plan: TrainingPlan, _ settings: TrainSettings, seed: UInt64) {
        self.init(
            lengths: lengths, batchSize: plan.batchSize,
            lengthGroupSize: settings.groupsByLength ? plan.batchSize * plan.accumulationSteps : nil, seed: seed)
    }

    /// Every example once, in the order of an epoch (from 0).
    public func indices(epoch: Int) -> [Int] {
        var order = Array(lengths.indices)
        var stream = RandomStream(seed: seed, path: "training order of epoch \(epoch)")
        for last in order.indices.dropFirst().reversed() {
            // The high half of a product picks one of `last + 1` places.
            order.swapAt(last, Int(stream.next().multipliedFullWidth(by: UInt64(last + 1)).high))
        }
        guard let lengthGroupSize else { return order }
        return Self.grouped(order, lengths: lengths, groupSize: lengthGroupSize)
    }

    /// The batches of an epoch (from 0), the last of which may be smaller.
    public func batches(epoch: Int) -> [[Int]] {
        let order = indices(epoch: epoch)
        return stride(from: 0, to: order.count, by: batchSize).map {
            Array(order[$0..<min($0 + batchSize, order.count)])
        }
    }

    /// Sorts an order by length within stretches of up to 50 groups, longest first, as transformers'
    /// `get_length_grouped_indices` does.
    ///
    /// There are at least four stretches where the examples suffice, so that some of the shuffle remains. The longest example
    /// of all comes first: what does not fit in memory fails at once.
    static func grouped(_ order: [Int], lengths: [Int], groupSize: Int) -> [Int] {
        let groupSize = max(1, groupSize)
        let stretch = groupSize * max(1, min(order.count / groupSize / 4, 50))
        var result: [Int] = []
        result.reserveCapacity(order.count)
        var longest = 0
        for start in stride(from: 0, to: order.count, by: stretch) {
            let part = order[start..<min(start + stretch, order.count)]
            result += part.indices.sorted {
                let (left, right) = (lengths[part[$0]], lengths[part[$1]])
                return left == right ? $0 < $1 : left > right
            }.map { part[$0] }
            if lengths[result[start]] > lengths[result[longest]] { longest = start }
        }
        if !result.isEmpty { result.swapAt(0, longest) }
        return result
    }
}
