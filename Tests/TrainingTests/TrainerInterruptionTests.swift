import NN
import Tensors
import Testing
import Training

@Suite struct TrainerInterruptionTests {
    static let features = ToyModel.features(18)
    static let settings = shortSettings {
        $0.evaluationStrategy = .epoch
        $0.epochCount = 3
        $0.accumulationSteps = 2
        $0.loggingSteps = 4
        $0.groupsByLength = true
        $0.warmupSteps = 2
        $0.scheduler = "cosine"
    }

    func make(_ evaluator: ScriptedEvaluator, _ recorder: Recorder) throws -> (ToyModel, Trainer) {
        let model = try ToyModel(dropout: 0.2)
        return (
            model,
            try Trainer(
                model, features: Self.features, settings: Self.settings, seed: 11, evaluator: evaluator,
                observers: [recorder])
        )
    }

    @Test("A training taken out after any step and put back ends with the same bits", arguments: 0...9)
    func resumes(after step: Int) throws {
        let scores = [0.5, 0.7, 0.6]
        let whole = Recorder()
        let (model, trainer) = try make(ScriptedEvaluator(scores), whole)
        let outcome = try trainer.run()
        #expect(outcome.steps == 9)

        let recorder = Recorder()
        let (_, first) = try make(ScriptedEvaluator(scores), recorder)
        let interrupted = try first.run { first.progress.step == step }
        #expect(interrupted.ending == .interrupted)
        #expect(interrupted.steps == step)
        let done = recorder.evaluations.count
        let (other, second) = try make(ScriptedEvaluator(Array(scores.dropFirst(done))), recorder)
        try second.restore(first.snapshot)
        let resumed = try second.run()
        #expect(other.values == model.values)
        #expect(resumed.losses == outcome.losses)
        #expect(resumed.evaluation?.step == outcome.evaluation?.step)
        #expect(recorder.logs.map(\.loss) == whole.logs.map(\.loss))
        #expect(recorder.evaluations.map(\.step) == whole.evaluations.map(\.step))
        #expect(recorder.improvements == whole.improvements)
    }

    @Test func anotherModelsSnapshotIsRefused() throws {
        let (_, trainer) = try make(ScriptedEvaluator([1]), Recorder())
        var snapshot = trainer.snapshot
        snapshot.parameters.removeLast()
        #expect(throws: TrainingError.self) { try trainer.restore(snapshot) }
        snapshot = trainer.snapshot
        snapshot.progress.step = 4
        #expect(throws: TrainingError.self) { try trainer.restore(snapshot) }
        snapshot = trainer.snapshot
        snapshot.progress.optimizer.means = [.zeros([1])]
        #expect(throws: TrainingError.self) { try trainer.restore(snapshot) }
    }
}
