import NN

/// What a pass through an encoder costs, by counting: products in floating-point operations, memory in bytes.
public struct EncoderCost: Hashable, Sendable {
    /// The number of layers, the width of hidden states, of the feed-forward network, and the heads.
    public let layers: Int, hidden: Int, intermediate: Int, heads: Int

    /// The cost of an encoder of this shape.
    public init(layers: Int, hidden: Int, intermediate: Int, heads: Int) {
        self.layers = layers
        self.hidden = hidden
        self.intermediate = intermediate
        self.heads = heads
    }

    /// How far down a backward pass goes.
    public enum Training: Hashable, Sendable {
        /// Only the head: the backbone has no backward pass.
        case headOnly
        /// Prefixes: down to the lowest attention, no weight gradients.
        case prefix
        /// Every weight of the backbone.
        case everything
    }

    /// Operations of the backbone's products for one sequence.
    ///
    /// - Parameters:
    ///   - length: its real tokens.
    ///   - prefix: virtual tokens in front of its keys.
    ///   - training: nil for a forward pass alone.
    public func operations(length: Int, prefix: Int, reading: Reading, training: Training?) -> Int {
        (0..<layers).reduce(0) { total, layer in
            let read = layer == layers - 1 ? reading.count(ofLength: length) : length
            let maps = 2 * hidden * (2 * hidden * length + 2 * hidden * read + 2 * intermediate * read)
            let inputMaps = 2 * hidden * hidden * (2 * length + read)
            let attention = 2 * hidden * read * (length + prefix)  // one of its products
            let forward = maps + 2 * attention
            switch training {
            case nil, .headOnly: return total + forward
            case .everything: return total + forward + 2 * maps + 5 * attention
            case .prefix where layer == 0:
                return total + forward + maps - inputMaps + 4 * 2 * hidden * read * prefix
            case .prefix: return total + forward + maps + 5 * attention
            }
        }
    }

    /// Bytes that a training step holds at its peak for a batch, weights and optimizer apart.
    ///
    /// Counted from what the operators document that they save, plus the widest gradients in flight.
    public func activationBytes(tokens: Int, training: Training) -> Int {
        let float = 4
        let (wide, narrow) = (intermediate, hidden)
        let passing = (2 * wide + 5 * narrow) * tokens
        let savedPerLayer: Int
        switch training {
        case .headOnly: savedPerLayer = 0
        case .prefix: savedPerLayer = 6 * narrow + wide + heads
        case .everything: savedPerLayer = 8 * narrow + 2 * wide + heads
        }
        return float * (passing + layers * savedPerLayer * tokens)
    }
}
