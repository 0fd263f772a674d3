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
        let evaluation = try set.score(try outputs())
        latest = evaluation
        return evaluation.metrics.map { Score($0.name, $0.value, higherIsBetter: $0.isHigherBetter) }
    }

    /// The outputs of each feature, in their order: as many rows as the head gives for it.
    private func outputs() throws -> [Tensor] {
        let features = set.data.features
        var outputs: [Tensor] = []
        outputs.reserveCapacity(features.count)
        for start in stride(from: 0, to: features.count, by: batchSize) {
            let batch = Batch(features[start..<min(features.count, start + batchSize)])
            let values = GradientRecording.off { model.outputs(batch, mode: .evaluation).value }
            let offsets = model.head.outputOffsets(batch)
            for (first, end) in zip(offsets, offsets.dropFirst()) { outputs.append(values.rows(first..<end)) }
            try report(outputs.count, features.count)
        }
        return outputs
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
