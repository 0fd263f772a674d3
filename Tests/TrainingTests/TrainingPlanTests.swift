import Testing
import Training

struct PlanCase: Decodable, Sendable {
    let examples: Int
    let batchSize: Int
    let accumulationSteps: Int
    let epochs: Double
    let maxSteps: Int?
    let warmupSteps: Int
    let warmupRatio: Double
    let expectedStepsPerEpoch: Int
    let expectedTotalSteps: Int
    let expectedWarmupSteps: Int
}

@Suite struct TrainingPlanTests {
    @Test("Steps are counted as transformers' Trainer does", arguments: try goldenCases("plans.json") as [PlanCase])
    func matchesReference(expected: PlanCase) {
        var settings = TrainSettings()
        settings.batchSize = expected.batchSize
        settings.accumulationSteps = expected.accumulationSteps
        settings.epochCount = expected.epochs
        settings.maxSteps = expected.maxSteps
        settings.warmupSteps = expected.warmupSteps
        settings.warmupRatio = expected.warmupRatio
        let plan = TrainingPlan(settings, exampleCount: expected.examples)
        #expect(plan.stepsPerEpoch == expected.expectedStepsPerEpoch)
        #expect(plan.totalSteps == expected.expectedTotalSteps)
        #expect(plan.warmupSteps == expected.expectedWarmupSteps)
    }

    @Test("The steps of an epoch take each of its batches once", arguments: [1, 2, 3, 7, 20])
    func stepsCoverTheEpoch(accumulation: Int) {
        var settings = TrainSettings()
        settings.batchSize = 3
        settings.accumulationSteps = accumulation
        let plan = TrainingPlan(settings, exampleCount: 20)
        for epoch in 0..<2 {
            let steps = epoch * plan.stepsPerEpoch..<(epoch + 1) * plan.stepsPerEpoch
            #expect(steps.flatMap { Array(plan.batches(after: $0)) } == Array(0..<7))
            #expect(steps.allSatisfy { plan.epoch(after: $0) == epoch })
        }
    }

    @Test("No number that can be written is too large", arguments: [0, 1e-300, 1e300, .infinity, .nan])
    func extremeEpochs(epochs: Double) {
        var settings = TrainSettings()
        settings.epochCount = epochs
        settings.warmupRatio = 1
        let plan = TrainingPlan(settings, exampleCount: 0)
        #expect(plan.totalSteps >= 0 && plan.warmupSteps == plan.totalSteps)
    }
}
