import Files
import Foundation
import Testing
import YAML

/// A trial's time limit holds even where the trial asks nobody whether its time is over.
@Suite("Sweeps that hang", .serialized)
struct SweepHangTests {
    private static let limits = ["--time-limit", "2s", "--kill-after", "1s"]

    /// Halts the process once its trial is under way.
    private func halt(_ pid: () -> Int32?, _ place: Workplace) throws {
        func isUnderWay() -> Bool {
            place.runs().contains { (try? place.text("results/tiny/\($0)/metrics.jsonl"))?.isEmpty == false }
        }
        for _ in 0..<10_000 where !isUnderWay() { usleep(10_000) }
        kill(try #require(pid()), SIGSTOP)
    }

    /// What the record of the one run says.
    private func expectEnded(_ place: Workplace) throws {
        let record = try place.json("\(try place.runFolder())/result.json")
        #expect(record["status"]?.string == "failed")
        #expect(record["stopped_by"]?.string == "time limit: 2.00 s")
        #expect(record["error"]?.string?.contains("it had not ended") == true)
        let table = try place.succeed("table", "results/tiny", "--columns", "status,stopped_by").out
        #expect(table.contains("failed  time limit: 2.00 s"), "\(table)")
    }

    @Test("A worker that is halted is killed by the sweep that has started it")
    func halted() throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1]}}")
            let sweep = try RunningProgram(
                place, ["sweep", "sweep.yaml", "train.max_steps=100000000", "train.logging_steps=1"] + Self.limits)
            try halt({ sweep.pid.flatMap { ProcessTree.children(of: $0).first } }, place)
            let ending = try sweep.wait()
            #expect(ending.status == 1)
            #expect(ending.out.hasPrefix("failed on "), "it is not tried again: \(ending.out)")
            #expect(ending.out.contains("its time of 2.00 s was over, and 1.00 s later it had not ended: "))
            try expectEnded(place)
        }
    }

    @Test("A worker of which a step hangs writes that down, begins anew, and goes on with the other trials")
    func hanging() throws {
        try Workplace.with { place in
            try place.writeSweep("{list: {a: {seed: 1}, b: {seed: 2}}}")
            let folder = try place.succeed(["sweep", "sweep.yaml", "--prepare"] + Self.limits).out
                .trimmingCharacters(in: .newlines)
            // Who opens a pipe that nobody reads waits for ever.
            let record = try place.json("\(folder)/sweep.json")
            let first = try #require(record["trials"]?.elements?.first?["run_id"]?.string)
            let run = place.file("results/tiny/\(first)")
            try Folder.make(run)
            let made = unsafe mkfifo("\(run)/metrics.jsonl", 0o666)
            try #require(made == 0)
            let ending = try place.run("worker", folder)
            #expect(ending.status == 1)
            #expect(ending.talk.contains("it had not ended: this process was ended, and began anew"), "\(ending.talk)")
            #expect(ending.talk.contains("[2/2] done in "), "\(ending.talk)")
            #expect(place.finishedRecords(in: "results").count == 1)
        }
    }

    @Test("A worker by hand that is halted is killed by another one of its machine")
    func haltedElsewhere() throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1]}}")
            let folder = try place.succeed(
                ["sweep", "sweep.yaml", "train.max_steps=100000000", "train.logging_steps=1", "--prepare"] + Self.limits
            ).out.trimmingCharacters(in: .newlines)
            let first = try RunningProgram(place, ["worker", folder])
            try halt({ first.pid }, place)
            let second = try place.run("worker", folder)
            let ending = try first.wait()
            #expect(second.status == 1)
            #expect([-SIGKILL, 1].contains(ending.status))
            try expectEnded(place)
        }
    }
}
