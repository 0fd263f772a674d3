import Testing

@testable import Training

/// When a checkpoint is due; every time here is given.
@Suite struct SaveScheduleTests {
    private func schedule(_ strategy: SaveSettings.Strategy?, steps: Int? = nil, minutes: Double = 5) -> SaveSchedule {
        var settings = SaveSettings()
        (settings.strategy, settings.steps, settings.minutes) = (strategy, steps, minutes)
        return SaveSchedule(settings)
    }

    @Test("Every so many steps", arguments: [SaveSettings.Strategy.steps, nil])
    func steps(strategy: SaveSettings.Strategy?) {
        var schedule = schedule(strategy, steps: 3)
        schedule.start(step: 0, at: 0)
        #expect((0...7).filter { schedule.isDue(step: $0, isMark: true, at: 1) } == [3, 6])
        schedule.didSave(step: 3, from: 1, to: 2)
        #expect((3...7).filter { schedule.isDue(step: $0, isMark: true, at: 2) } == [6])
    }

    @Test("What was gone on from is not written again")
    func resumed() {
        var schedule = schedule(.steps, steps: 3)
        schedule.start(step: 6, at: 0)
        #expect(!schedule.isDue(step: 6, isMark: true, at: 1))
        #expect(schedule.isDue(step: 9, isMark: false, at: 1))
    }

    @Test("After epochs and evaluations, when enough time has passed for what it costs")
    func marks() {
        var schedule = schedule(nil)
        schedule.start(step: 0, at: 0)
        #expect(!schedule.isDue(step: 0, isMark: true, at: 1))
        #expect(!schedule.isDue(step: 4, isMark: false, at: 1))
        #expect(schedule.isDue(step: 4, isMark: true, at: 1))
        schedule.didSave(step: 4, from: 1, to: 3)
        #expect(!schedule.isDue(step: 8, isMark: true, at: 42))
        #expect(schedule.isDue(step: 8, isMark: true, at: 43))
    }

    @Test("After minutes in any case, before an evaluation too", arguments: [SaveSettings.Strategy.epoch, .steps])
    func minutes(strategy: SaveSettings.Strategy) {
        var schedule = schedule(strategy, steps: strategy == .steps ? 1000 : nil, minutes: 2)
        schedule.start(step: 10, at: 50)
        #expect(!schedule.isOverdue(step: 11, at: 169))
        #expect(schedule.isOverdue(step: 11, at: 170) && schedule.isDue(step: 11, isMark: false, at: 170))
        #expect(!schedule.isOverdue(step: 10, at: 500), "nothing has been done since")
        schedule.didSave(step: 11, from: 170, to: 171)
        #expect(!schedule.isOverdue(step: 12, at: 290))
        #expect(schedule.isOverdue(step: 12, at: 291))
    }

    @Test func never() {
        #expect(!schedule(.no).isDue(step: 5, isMark: true, at: 1e9))
        #expect(!schedule(.no).isOverdue(step: 5, at: 1e9))
        #expect(!schedule(.steps, steps: 7, minutes: 0).isDue(step: 5, isMark: true, at: 1e9))
    }
}
