import NN
import Tensors

/// How a head that judges whole sequences is made in a family of models.
public struct SequenceHeadForm: Hashable, Sendable {
    /// The token that has seen the whole sequence.
    public var reading: Reading
    /// The name of the head's map in checkpoints.
    public var name: String
    /// Whether the map has a bias.
    public var hasBias: Bool
    /// Whether a classification head has a map of the hidden width, with tanh, below its last one.
    public var hasInnerMap: Bool
    /// The dropout in front of its maps.
    public var dropout: Double

    /// A head that reads one token, with a map of this name.
    public init(reading: Reading, name: String, hasBias: Bool, hasInnerMap: Bool = false, dropout: Double) {
        self.reading = reading
        self.name = name
        self.hasBias = hasBias
        self.hasInnerMap = hasInnerMap
        self.dropout = dropout
    }
}

/// How a head that judges tokens is made in a family of models.
public struct TokenHeadForm: Hashable, Sendable {
    /// The name of the head's map in checkpoints.
    public var name: String
    /// The dropout in front of it.
    public var dropout: Double

    /// A head with a map of this name.
    public init(name: String = "classifier", dropout: Double) {
        self.name = name
        self.dropout = dropout
    }
}

/// How a head that finds masked words is made in a family of models.
public struct MaskedHeadForm: Hashable, Sendable {
    /// The name of the head in checkpoints.
    public var name: String
    /// Below it, the names of its map and of the normalisation.
    public var transform: String, norm: String
    /// What follows the map.
    public var activation: Activation
    /// Added to the normalisation's variance.
    public var epsilon: Float

    /// A head of this name whose parts have these.
    public init(name: String, transform: String, norm: String, activation: Activation, epsilon: Float) {
        self.name = name
        self.transform = transform
        self.norm = norm
        self.activation = activation
        self.epsilon = epsilon
    }
}
