import NN
import Tensors
import Testing
import Training

@Suite struct TrainerEvaluationTests {
    static let features = ToyModel.features(18)

    /// A toy, and its trainer over five steps an epoch.
    func make(
        _ settings: TrainSettings, _ evaluator: ScriptedEvaluator, _ recorder: Recorder = Recorder()
    ) throws -> (ToyModel, Trainer) {
        let model = try ToyModel()
        return (
            model,
            try Trainer(
                model, features: Self.features, settings: settings, seed: 11, evaluator: evaluator,
                observers: [recorder])
        )
    }

    @Test(
        "The strategy decides when, and the last step is always evaluated",
        arguments: [
            (.no, nil, 2, [10]), (.epoch, nil, 2, [5, 10]), (.epoch, nil, 1.5, [5, 8]), (.steps, 4, 2, [4, 8, 10]),
            (.steps, 5, 2, [5, 10]), (.epoch, nil, 0, [0]),
        ] as [(TrainSettings.EvaluationStrategy, Int?, Double, [Int])])
    func strategy(strategy: TrainSettings.EvaluationStrategy, every: Int?, epochs: Double, steps: [Int]) throws {
        let recorder = Recorder()
        let settings = shortSettings {
            $0.evaluationStrategy = strategy
            $0.evaluationSteps = every
            $0.epochCount = epochs
        }
        let (_, trainer) = try make(settings, ScriptedEvaluator([1]), recorder)
        let outcome = try trainer.run()
        #expect(recorder.evaluations.map(\.step) == steps)
        #expect(outcome.lastEvaluation?.step == steps.last)
    }

    @Test("The best parameters come back, or the last stay", arguments: [true, false], [true, false])
    func best(restores: Bool, higherIsBetter: Bool) throws {
        let (recorder, scores) = (Recorder(), [3.0, 7, 7, 5])
        let evaluator = ScriptedEvaluator(
            higherIsBetter ? scores : scores.map(-), higherIsBetter: higherIsBetter)
        let settings = shortSettings {
            $0.evaluationStrategy = .epoch
            $0.epochCount = 4
            $0.restoresBest = restores
        }
        let (model, trainer) = try make(settings, evaluator, recorder)
        var seen: [[[Float]]] = []
        evaluator.onCall = { _ in seen.append(model.values) }
        let outcome = try trainer.run()
        #expect(recorder.improvements == [5, 10])
        #expect(outcome.bestEvaluation?.step == 10)
        #expect(outcome.lastEvaluation?.step == 20)
        #expect(outcome.evaluation?.step == (restores ? 10 : 20))
        #expect(seen.count == 4)
        #expect(model.values == seen[restores ? 1 : 3])
        #expect(seen[1] != seen[3])
    }

    @Test("Another metric can select", arguments: ["loss", "eval_loss"])
    func namedMetric(name: String) throws {
        let settings = shortSettings {
            $0.evaluationStrategy = .epoch
            $0.bestMetric = name
        }
        let outcome = try make(settings, ScriptedEvaluator([1, 2])).1.run()
        #expect(outcome.bestEvaluation?.step == 5)
    }

    @Test func anUnknownMetricIsNamed() throws {
        let settings = shortSettings { $0.bestMetric = "f2" }
        let (_, trainer) = try make(settings, ScriptedEvaluator([1]))
        let error = #expect(throws: TrainingError.self) { try trainer.run() }
        #expect(
            error?.description
                == "the evaluation gives no metric 'f2'; train.metric_for_best_model is one of f1, loss")
    }

    @Test(
        "Training stops when evaluations have stopped improving",
        arguments: [
            ([5, 4, 3, 2, 1], 1, 0, 2), ([5, 4, 3, 2, 1], 2, 0, 3), ([1, 2, 3, 2, 4], 1, 0, 4),
            ([1, 1, 1, 1, 1], 3, 0, 4),
            // Better by less than the threshold is the new best, and yet no improvement.
            ([1, 1.4, 1.8, 3, 3], 2, 0.5, 3), ([.nan, .nan, 1, 1, 1], 2, 0, 2), ([1, 2, 3, 4, 5], 1, 0, 5),
        ] as [([Double], Int, Double, Int)])
    func earlyStopping(scores: [Double], patience: Int, threshold: Double, evaluations: Int) throws {
        let settings = shortSettings {
            $0.evaluationStrategy = .epoch
            $0.epochCount = 5
            $0.patience = patience
            $0.patienceThreshold = threshold
            $0.loggingSteps = 3
        }
        let recorder = Recorder()
        let (_, trainer) = try make(settings, ScriptedEvaluator(scores), recorder)
        let outcome = try trainer.run()
        #expect(recorder.evaluations.count == evaluations)
        #expect(outcome.steps == 5 * evaluations)
        #expect(outcome.ending == (evaluations < 5 ? .stoppedEarly : .completed))
        #expect(recorder.logs.last?.step == outcome.steps)
    }
}
