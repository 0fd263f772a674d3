import Configuration
import Foundation
import Sweeps
import Synchronization
import Testing

@testable import Experiment

@Suite("Parts of a sweep")
struct SweepPartsTests {
    private func plan(_ sweep: String, _ overrides: String...) throws -> SweepPlan {
        let manifest = try SweepManifest(TinyExperiment.manifest, overrides: ["sweep=\(sweep)"] + overrides)
        let workspace = Workspace(results: "no-results", cache: nil)
        return try SweepPlan(manifest, workspace, retries: 0, timeLimit: nil, isComplete: false)
    }

    @Test func aTrialIsTheRunOfItsOverrides() throws {
        let plan = try plan("{grid: {seed: [1, 2], peft: [{peft_type: LORA, r: 2}, {peft_type: BITFIT}]}}")
        #expect(plan.trials.count == 4)
        for trial in plan.trials {
            let resolved = try ResolvedManifest(TinyExperiment.manifest, overrides: trial.trial.overrides)
            let assembly = try Assembly(resolved, Workspace(results: "no-results", cache: nil))
            #expect(assembly.id == trial.id, "\(trial.trial.overrides)")
        }
    }

    @Test func cellsThatAreTheSameRunAreOneTrial() throws {
        let plan = try plan("{list: {a: {seed: 3}, b: {seed: 3, train.lr_scheduler_type: linear}, c: {seed: 4}}}")
        #expect(plan.trials.map(\.trial.title) == ["a", "c"])
        #expect(plan.repeatedCount == 1)
        #expect(plan.summary == "2 trials: 0 done, 2 to run; 1 the same as others")
    }

    @Test func conditionsSeeDefaultsAndWhatBlocksSay() throws {
        func titles(_ conditions: String) throws -> [String] {
            let grid = "grid: {seed: [1, 2], peft: [{peft_type: LORA}, {peft_type: LORA, r: 2}]}"
            return try SweepManifest(TinyExperiment.manifest, overrides: ["sweep={\(grid), \(conditions)}"]).trials
                .map(\.title)
        }
        #expect(try titles("exclude: {peft.r: 8, seed: 1}").count == 3, "8 is the default")
        #expect(try titles("only: [{peft.r: 2.0}, {seed: 2}]").count == 3)
        #expect(try titles("exclude: [{peft.r: [2, 8], seed: [2]}]").allSatisfy { $0.hasPrefix("seed=1 ") })
        let notes = try SweepManifest(
            TinyExperiment.manifest, overrides: ["sweep={grid: {seed: [1]}, exclude: {seed: 5}}"]
        ).notes
        #expect(notes.count == 1 && notes[0].hasSuffix("meets no trial"))
    }

    @Test func workersAreAsManyAsCoresTrialsAndMemoryAllow() throws {
        let plan = try plan("{grid: {seed: [1, 2, 3, 4]}}")
        func count(_ jobs: Int?, threads: Int? = nil, cores: Int = 8, available: Int? = nil) -> [Int] {
            let count = JobCount(plan, jobs: jobs, threads: threads, cores: cores, available: available)
            return [count.jobs, count.threads, count.exceedsMemory ? 1 : 0]
        }
        #expect(count(nil) == [4, 2, 0])
        #expect(count(nil, cores: 2) == [2, 1, 0])
        #expect(count(nil, threads: 4) == [2, 4, 0])
        #expect(count(3) == [3, 2, 0])
        #expect(count(100) == [4, 2, 0], "more than the trials are no use")
        let one = JobCount(plan, jobs: 1, threads: 1, available: nil).bytes(plan)
        let two = JobCount(plan, jobs: 2, threads: 1, available: nil).bytes(plan)
        #expect(two > one && two < 2 * one, "the backbone is there once")
        #expect(count(nil, available: two * 10 / 9 + 10) == [2, 4, 0])
        #expect(count(nil, available: 0) == [1, 8, 1])
        #expect(count(4, available: two) == [4, 2, 1])
    }

    @Test func timesOfWorkersAreThoseOfTheLastOne() throws {
        let plan = try plan("{grid: {seed: [1, 2, 3]}}")
        let each = plan.openSeconds / 3
        #expect(abs(plan.seconds(jobs: 1) - 3 * each) < 1e-9)
        #expect(abs(plan.seconds(jobs: 2) - 2 * each) < 1e-9)
        #expect(abs(plan.seconds(jobs: 3) - each) < 1e-9)
    }

    @Test func freeMemoryIsReadFromWhatTheSystemSays() {
        let text = "MemTotal:       16000 kB\nMemFree: 1 kB\nMemAvailable:    2000 kB\n"
        #expect(FreeMemory.free(meminfo: text) == 2000 * 1024)
        #expect(FreeMemory.free(meminfo: "") == nil)
        #expect(FreeMemory.free(limit: "5000\n", used: "3000\n", statistics: "anon 7\ninactive_file 500\n") == 2500)
        #expect(FreeMemory.free(limit: "max\n", used: "3000\n", statistics: "") == nil)
        #expect(FreeMemory.free(limit: "5000", used: "9000", statistics: "") == 0)
    }

    @Test func wordsAreQuotedForAShell() {
        #expect(CommandText.line(["run", "a=1e-3", "b={c: d}", "it's", ""]) == "run a=1e-3 'b={c: d}' 'it'\\''s' ''")
    }

    @Test func aWatchdogBitesOnceUnlessItIsCalledOff() {
        let bites = Mutex(0)
        let done = DispatchSemaphore(value: 0)
        let dog = Watchdog(after: 0) {
            bites.withLock { $0 += 1 }
            done.signal()
        }
        done.wait()
        dog.callOff()
        #expect(bites.withLock { $0 } == 1)
        let second = Watchdog(after: 0.3) { bites.withLock { $0 += 1 } }
        second.callOff()
        let third = Watchdog(after: 0.6) { done.signal() }
        done.wait()
        third.callOff()
        #expect(bites.withLock { $0 } == 1)
    }

    @Test func eventsAreReadAsTheyWereWritten() {
        let events: [WorkerEvent] = [
            .started("a", generation: 3), .stepped("a", step: 2, of: 9, loss: 0.5, secondsLeft: 1.25),
            .evaluated("a", step: 2, scores: ["f1": 0.25]), .finished("a", metrics: ["f1": 1], path: "results/x/a"),
            .pruned("a", by: "asha: \"f1\""), .failed("a", message: "line\nline"), .released("a"),
            .waiting(for: ["process 7 on b"]),
        ]
        for event in events { #expect(WorkerEvent(event.line.dropLast())?.line == event.line) }
        #expect(events.allSatisfy { $0.line.count { $0 == "\n" } == 1 })
        for line in ["", "{", "{}", "{\"event\": \"other\"}", "Fatal error"] { #expect(WorkerEvent(line) == nil) }
    }
}
