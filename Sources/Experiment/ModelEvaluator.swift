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
    private let texts: TextWriting?
    private let report: (_ done: Int, _ total: Int) throws -> Void
    /// What the frozen part of the model makes of the set's features, where that is kept.
    var kept: ActivationTable?
    /// The latest evaluation; its predictions belong to the model as it was then.
    private(set) var latest: Evaluation?

    /// - Parameters:
    ///   - texts: how texts are generated, where the set asks for it.
    ///   - report: told after each batch how many of the features are done, and then of the texts.
    init(
        _ model: TunedModel, _ set: any EvaluationSet, batchSize: Int, texts: TextWriting? = nil,
        report: @escaping (_ done: Int, _ total: Int) throws -> Void
    ) {
        self.model = model
        self.set = set
        self.batchSize = batchSize
        self.texts = texts
        self.report = report
    }

    func evaluate() throws -> [Score] {
        let outputs = try ModelOutputs(model, batchSize: batchSize, kept: kept).of(
            set.data.features, condensed: set.condensed, report)
        let evaluation: Evaluation
        if let texts, let set = set as? any GenerativeEvaluation, set.generates {
            evaluation = set.score(outputs, generated: try texts.tokens(model, set.prompts, report))
        } else {
            evaluation = try set.score(outputs)
        }
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
