import Experiment
import Files
import Foundation
import Models
import NN
import Tensors
import Testing
import Training

/// Scores a model by its own loss, so that some evaluations are the best so far and some are not.
private struct LossEvaluator: Evaluator {
    let model: TunedModel
    let features: [Feature]

    func evaluate() throws -> [Score] {
        let loss = model.loss(Batch(features), mode: .evaluation).value.array[0]
        return [Score("loss", Double(loss), higherIsBetter: false)]
    }
}

@Suite("A training put down into a file and taken up again")
struct SnapshotTests {
    private static let stepCount = 7
    /// Each method on each backbone, with one head.
    static let cells = ConformanceCell.all.filter { $0.head == "SEQ_CLS" && $0.kind == .classes }

    /// Dropout, accumulation, warm-up, evaluations after every second step, and the best model in the end.
    private func make(_ cell: ConformanceCell) throws -> (TunedModel, Trainer)? {
        guard let model = try cell.model() else { return nil }
        var settings = TrainSettings()
        settings.maxSteps = Self.stepCount
        settings.batchSize = 1
        settings.accumulationSteps = 2
        settings.learningRate = 3e-2
        settings.weightDecay = 0.01
        settings.warmupSteps = 2
        settings.evaluationStrategy = .steps
        settings.evaluationSteps = 2
        return (
            model,
            try Trainer(
                TrainedModel(model: model), features: cell.features, settings: settings, seed: 3,
                evaluator: LossEvaluator(model: model, features: cell.features))
        )
    }

    @Test("ends with the same bits, for every method on every backbone", arguments: cells)
    func everyMethod(cell: ConformanceCell) throws {
        guard let (model, whole) = try make(cell) else { return }
        let outcome = try whole.run()
        let path = FileManager.default.temporaryDirectory.appending(path: "peftexp-\(UUID().uuidString).tar").path
        defer { try? Folder.remove(path) }
        for step in [1, 4, 6, Self.stepCount] {
            let (_, first) = try #require(try make(cell))
            _ = try first.run { first.progress.step == step }
            try Archive.write(to: path) { try first.snapshot.write(to: $0, names: first.parameterNames) }
            let (other, second) = try #require(try make(cell))
            try second.restore(try second.snapshot(in: Archive(path)))
            let resumed = try second.run()
            #expect(resumed.losses == outcome.losses)
            #expect(resumed.evaluation == outcome.evaluation)
            #expect(resumed.bestEvaluation == outcome.bestEvaluation)
            for (one, two) in zip(other.graph.trained, model.graph.trained) {
                #expect(one.variable.value == two.variable.value, "\(one.path) after \(step)")
            }
            for (one, two) in zip(other.graph.stepObservers, model.graph.stepObservers) {
                #expect(one.state == two.state)
            }
        }
    }
}
