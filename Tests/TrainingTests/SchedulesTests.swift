import Testing
import Training

struct ScheduleCase: Decodable, Sendable {
    let name: String
    let warmupSteps: Int
    let totalSteps: Int
    let stepsPerEpoch: Int
    let gamma: Double
    let factors: [Double]
}

@Suite struct SchedulesTests {
    @Test("A schedule is that of transformers or torch", arguments: try goldenCases("schedules.json") as [ScheduleCase])
    func matchesReference(expected: ScheduleCase) throws {
        let schedule = try #require(schedules.first { $0.name == expected.name })
        let span = Schedule.Span(
            warmupSteps: expected.warmupSteps, totalSteps: expected.totalSteps, stepsPerEpoch: expected.stepsPerEpoch,
            gamma: expected.gamma)
        for (step, factor) in expected.factors.enumerated() {
            #expect(
                isClose(schedule.factor(step, span), factor, absolute: 1e-9, relative: 1e-8),
                "\(expected.name), step \(step)")
        }
    }

    @Test func everyScheduleHasGoldenNumbersAndItsOwnName() throws {
        let known = Set(try (goldenCases("schedules.json") as [ScheduleCase]).map(\.name))
        #expect(Set(schedules.map(\.name)) == known)
        #expect(known.count == schedules.count)
    }
}
