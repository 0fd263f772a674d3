import NN
import Tensors
import YAML

/// Examples whose labels need not be known, and how the model's output for them is told.
public protocol PredictionSet: Sendable {
    /// What the model reads.
    var data: PreparedData { get }

    /// One object for each example, in their order.
    ///
    /// - Parameters:
    ///   - outputs: what the head gives for each feature, in their order; what shape they have is the task's.
    ///   - includesLogits: whether the raw values stand beside the predictions.
    func predictions(_ outputs: [Tensor], includesLogits: Bool) throws(DataError) -> [JSON]
}

/// Examples to be predicted, and how predictions of them are scored.
public protocol EvaluationSet: Sendable {
    /// What the model reads.
    var data: PreparedData { get }

    /// What scoring needs of the head's output for a feature, where that is too large to be kept.
    func condensed(_ output: Tensor, of feature: Int) -> Tensor

    /// Scores the model's output.
    ///
    /// - Parameter outputs: what is kept of the head's outputs for each feature, in their order; what shape they have is the task's.
    func score(_ outputs: [Tensor]) throws(DataError) -> Evaluation
}

extension EvaluationSet {
    /// All of it, unless the set says otherwise.
    public func condensed(_ output: Tensor, of feature: Int) -> Tensor { output }
}

/// What came out of an evaluation.
public struct Evaluation: Hashable, Sendable {
    /// The measures of the whole set; the first one tells which model is best.
    public var metrics: [Metric]
    /// What was predicted for each example, in the order of the file, and how that scored.
    public var predictions: [JSON]

    /// Measures and predictions.
    public init(metrics: [Metric], predictions: [JSON]) {
        self.metrics = metrics
        self.predictions = predictions
    }
}

/// One measure.
public struct Metric: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Its value.
    public var value: Double
    /// Whether more is better.
    public var isHigherBetter: Bool

    /// A measure, of which more is better unless said.
    public init(_ name: String, _ value: Double, isHigherBetter: Bool = true) {
        self.name = name
        self.value = value
        self.isHigherBetter = isHigherBetter
    }
}
