import Testing

@testable import Training

@Suite struct TrainerErrorTests {
    @Test("A loss or gradient that is not finite ends the training at its step", arguments: [true, false])
    func nonFinite(inLoss: Bool) throws {
        let model = try SpiedModel()
        // Five batches an epoch, two a step: call 5 begins the second epoch, and step 4.
        if inLoss { model.spoilsLoss = 5 } else { model.spoilsGradient = 5 }
        let settings = shortSettings {
            $0.accumulationSteps = 2
            $0.scheduler = "constant"
        }
        let trainer = try Trainer(model, features: ToyModel.features(18), settings: settings, seed: 1)
        let error = try #require(#expect(throws: TrainingError.self) { try trainer.run() })
        let text = error.description
        #expect(
            text.hasPrefix(
                inLoss ? "step 4: the loss is nan; " : "step 4: the gradient of 'letters.weight' is not finite; "))
        #expect(text.contains("lower train.learning_rate (it was 0.05 at this step)"))
        #expect(trainer.progress.step == 3)
    }

    @Test func theFirstStepBlamesTheStart() {
        let text = TrainingError.nonFiniteLoss(.infinity, step: 1, learningRate: 1).description
        #expect(text.hasPrefix("step 1: the loss is inf; nothing has been trained yet"))
    }

    @Test func trainingNeedsExamples() throws {
        #expect(throws: TrainingError.noExamples) {
            try Trainer(ToyModel(), features: [], settings: shortSettings(), seed: 1)
        }
        let untrained = try Trainer(ToyModel(), features: [], settings: shortSettings { $0.maxSteps = 0 }, seed: 1)
        #expect(try untrained.run().steps == 0)
    }

    @Test func anUnknownScheduleIsNamed() {
        let error = #expect(throws: TrainingError.self) {
            try Trainer(ToyModel(), features: [], settings: shortSettings { $0.scheduler = "linaer" }, seed: 1)
        }
        #expect(error?.description.contains("'linaer'; train.lr_scheduler_type is one of linear, cosine") == true)
    }

    @Test func theFirstThreeStepsDoNotCountAsSpeed() {
        var throughput = Throughput()
        for step in 1...5 {
            throughput.add(tokens: 10 * step, seconds: step <= 3 ? 5 : 1)
            #expect((throughput.tokensPerSecond == nil) == (step <= 3))
        }
        #expect(throughput.tokensPerSecond == 45)
        #expect(throughput.seconds == 17)
        #expect(throughput.tokens == 150)
        #expect(throughput.takeRecentRate() == 150.0 / 17)
        #expect(throughput.takeRecentRate() == nil)
    }
}
