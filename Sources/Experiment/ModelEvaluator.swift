import Autograd
import Models
import NN
import Tasks
import Tensors
import Training

/// Scores the model on an evaluation set, and keeps what the scores were computed from.
final class ModelEvaluator: Evaluator {
    private let model: TunedModel
    private let set: any EvaluationSet
    private let batchSize: Int
    private let report: (_ done: Int, _ total: Int) throws -> Void
    /// The latest evaluation; its predictions belong to the model as it was then.
    private(set) var latest: Evaluation?

    /// - Parameter report: told after each batch how many of the features are done.
    init(
        _ model: TunedModel, _ set: any EvaluationSet, batchSize: Int,
        report: @escaping (_ done: Int, _ total: Int) throws -> Void
    ) {
        self.model = model
        self.set = set
        self.batchSize = batchSize
        self.report = report
    }

    func evaluate() throws -> [Score] {
        let evaluation = try set.score(
            try ModelOutputs(model, batchSize: batchSize).of(set.data.features, condensed: set.condensed, report))
        latest = evaluation
        return evaluation.metrics.map { Score($0.name, $0.value, higherIsBetter: $0.isHigherBetter) }
    }
}

/// The model as the trainer sees it.
package struct TrainedModel: TrainableModel {
    let model: TunedModel

    package init(model: TunedModel) {
        self.model = model
    }

    package var trainedParameters: [Parameter] { model.graph.trained }

    package var stepObservers: [any StepObserver] { model.graph.stepObservers }

    package func loss(_ batch: Batch, mode: ForwardPass.Mode) -> Variable { model.loss(batch, mode: mode) }
}
