import NN
import Tensors
import Testing
import Training

@Suite struct TrainerTests {
    static let features = ToyModel.features(18)

    /// Trains a fresh toy; returns its parameters, the outcome, and what was announced.
    func train(
        _ settings: TrainSettings, features: [Feature] = Self.features, dropout: Float = 0, seed: UInt64 = 11
    ) throws -> (model: ToyModel, outcome: TrainingOutcome, recorder: Recorder) {
        let (model, recorder) = (try ToyModel(dropout: dropout), Recorder())
        let trainer = try Trainer(model, features: features, settings: settings, seed: seed, observers: [recorder])
        return (model, try trainer.run(), recorder)
    }

    @Test func theLossFalls() throws {
        let outcome = try train(shortSettings { $0.epochCount = 20 }).outcome
        #expect(outcome.ending == .completed)
        let (first, last) = (outcome.losses.prefix(5).reduce(0, +), outcome.losses.suffix(5).reduce(0, +))
        #expect(last < 0.7 * first)
    }

    @Test(
        "The number of steps follows from epochs or max_steps",
        arguments: [(2, nil, 10), (0.5, nil, 3), (1.3, nil, 7), (2, 3, 3), (0.1, 8, 8), (0, nil, 0), (3, 0, 0)]
            as [(Double, Int?, Int)])
    func stepCount(epochs: Double, maxSteps: Int?, steps: Int) throws {
        let settings = shortSettings {
            $0.epochCount = epochs
            $0.maxSteps = maxSteps
        }
        let (_, outcome, recorder) = try train(settings)
        #expect(outcome.steps == steps)
        #expect(outcome.losses.count == steps)
        #expect(recorder.logs.map(\.step) == (0..<steps).map { $0 + 1 })
        #expect(outcome.epochs == Double(steps) / 5)
    }

    @Test func theSeedDecidesEveryBit() throws {
        let settings = shortSettings()
        let first = try train(settings, dropout: 0.2)
        let second = try train(settings, dropout: 0.2)
        #expect(first.model.values == second.model.values)
        #expect(first.outcome.losses == second.outcome.losses)
        #expect(try train(settings, dropout: 0.2, seed: 12).outcome.losses != first.outcome.losses)
        let alone = try Parallel.$threadCount.withValue(1) { try train(settings, dropout: 0.2).model.values }
        #expect(alone == first.model.values)
    }

    @Test("Accumulated small batches are one large batch", arguments: [(4, 2), (2, 4), (1, 8)])
    func accumulation(batch: Int, accumulation: Int) throws {
        let features = Array(Self.features.prefix(16))
        // The bias shifts all scores of a sequence alike, so its gradient is rounding; a small epsilon would blow that up.
        var settings = shortSettings {
            $0.epsilon = 1e-3
            $0.batchSize = 8
        }
        let large = try train(settings, features: features)
        settings.batchSize = batch
        settings.accumulationSteps = accumulation
        let small = try train(settings, features: features)
        #expect(large.outcome.steps == small.outcome.steps)
        for (left, right) in zip(large.outcome.losses, small.outcome.losses) {
            #expect(isClose(left, right, absolute: 1e-5, relative: 1e-5))
        }
        for (left, right) in zip(large.model.values.joined(), small.model.values.joined()) {
            #expect(isClose(Double(left), Double(right), absolute: 1e-4, relative: 1e-4))
        }
    }

    @Test("A step's gradient is the mean over the batches it has, also over what an epoch leaves")
    func remainder() throws {
        let settings = shortSettings {
            $0.batchSize = 4
            $0.accumulationSteps = 3
            $0.epochCount = 1
            $0.learningRate = 0
        }
        let (model, _, recorder) = try train(settings)
        let batches = BatchOrder(lengths: Self.features.map(\.inputIDs.count), batchSize: 4, seed: 11).batches(epoch: 0)
        #expect(recorder.steps.count == 2)
        for (report, places) in zip(recorder.steps, [0..<3, 3..<5]) {
            for place in places {
                let batch = Batch(batches[place].map { Self.features[$0] })
                model.loss(batch, mode: .evaluation).backward(factor: 1 / Float(places.count))
            }
            var squares = 0.0
            for parameter in model.trainedParameters {
                let gradient = try #require(parameter.variable.gradient)
                squares += Kernels.sumOfSquares(gradient)
                parameter.variable.gradient = nil
            }
            let norm = squares.squareRoot()
            #expect(report.gradientNorm == norm)
        }
    }

    @Test func everyBatchDrawsItsOwnDropoutAndEveryTokenCounts() throws {
        let model = try SpiedModel()
        let settings = shortSettings { $0.accumulationSteps = 2 }
        let outcome = try Trainer(model, features: Self.features, settings: settings, seed: 11).run()
        #expect(model.draws == Array(0..<10))
        #expect(outcome.tokens == 2 * Self.features.reduce(0) { $0 + $1.inputIDs.count })
        #expect(outcome.tokens == model.tokens.reduce(0, +))
    }

    @Test func logLinesAreMeansSinceTheLineBefore() throws {
        let (_, outcome, recorder) = try train(shortSettings { $0.loggingSteps = 4 })
        #expect(recorder.logs.map(\.step) == [4, 8, 10])
        #expect(recorder.steps.map(\.loss) == outcome.losses)
        for (entry, steps) in zip(recorder.logs, [0..<4, 4..<8, 8..<10]) {
            #expect(
                isClose(
                    entry.loss, outcome.losses[steps].reduce(0, +) / Double(steps.count), absolute: 0, relative: 1e-12))
            #expect(entry.learningRate == recorder.steps[entry.step - 1].learningRate)
            #expect(entry.epoch == Double(entry.step) / 5)
        }
        #expect(recorder.steps.first?.learningRate == 0.05)
        #expect(recorder.steps.last.map { isClose($0.learningRate, 0.005, absolute: 1e-12, relative: 0) } == true)
    }

    @Test func clippingIsOffAtZero() throws {
        // AdamW does not see the scale of a constant factor, only where the steps differ in it.
        let clipped = try train(shortSettings { $0.maxGradientNorm = 1e-3 })
        let free = try train(shortSettings { $0.maxGradientNorm = 0 })
        let wide = try train(shortSettings { $0.maxGradientNorm = 1e6 })
        #expect(free.model.values == wide.model.values)
        #expect(free.model.values != clipped.model.values)
    }
}
