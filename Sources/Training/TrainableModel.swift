import Autograd
import NN

/// What the trainer needs of a model.
public protocol TrainableModel {
    /// The parameters to move, always in the same order.
    var trainedParameters: [Parameter] { get }

    /// What is told of every update, always in the same order.
    var stepObservers: [any StepObserver] { get }

    /// The mean loss of a batch: a single number.
    func loss(_ batch: Batch, mode: ForwardPass.Mode) -> Variable
}

extension TrainableModel {
    /// Nobody, unless the model says otherwise.
    public var stepObservers: [any StepObserver] { [] }
}

/// Scores the model as it is now, on data that it is not trained on.
public protocol Evaluator {
    /// The metrics; the first one selects the best model unless the settings name another.
    func evaluate() throws -> [Score]
}

/// One metric of an evaluation.
public struct Score: Hashable, Sendable {
    /// The metric's name, for example `f1`.
    public let name: String
    /// What it came to.
    public let value: Double
    /// Whether a larger value is better.
    public let higherIsBetter: Bool

    /// A metric's value.
    public init(_ name: String, _ value: Double, higherIsBetter: Bool) {
        self.name = name
        self.value = value
        self.higherIsBetter = higherIsBetter
    }

    /// Whether this is strictly better than `other`; never so when either is not a number.
    func isBetter(than other: Score) -> Bool {
        higherIsBetter ? value > other.value : value < other.value
    }
}
