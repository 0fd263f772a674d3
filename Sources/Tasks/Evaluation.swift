import NN
import Tensors
import YAML

/// Examples to be predicted, and how predictions of them are scored.
public protocol EvaluationSet: Sendable {
    /// What the model reads.
    var data: PreparedData { get }

    /// Scores the model's output; the texts that this needs are read again now, so that they need no memory before.
    ///
    /// - Parameter logits: one for each feature, in their order; what shape they have is the task's.
    func score(_ logits: [Tensor]) throws(DataError) -> Evaluation
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
