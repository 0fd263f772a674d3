import Files
import Foundation
import Testing
import YAML

/// Runs that do not come to their end by themselves.
@Suite("Interrupted runs")
struct InterruptionTests {
    /// A run without end, once it has logged a step.
    private func endless(_ place: Workplace, signal: Int32) throws -> RunningProgram.Ending {
        let program = try RunningProgram(place, ["run", "tiny.yaml", "train.max_steps=100000"])
        program.send(signal) {
            guard let run = try? place.runFolder() else { return false }
            return (try? place.text("\(run)/metrics.jsonl"))?.isEmpty == false
        }
        return try program.wait()
    }

    @Test(
        "A signal ends the run after the step, and its state is kept",
        arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
    func signals(signal: Int32, status: Int32) throws {
        try Workplace.with { place in
            let ending = try endless(place, signal: signal)
            #expect(ending.status == status)
            #expect(ending.out.isEmpty)
            let run = try place.runFolder()
            #expect(ending.talk.contains("what was trained so far stands in \(run)/checkpoint.\n"), "\(ending.talk)")
            let record = try place.json("\(run)/result.json")
            #expect(record["status"]?.string == "interrupted")
            #expect(record["steps"]?.integer ?? 0 > 0)
            #expect(try Folder.names(in: place.file("\(run)/checkpoint")).isEmpty == false)
            #expect(try place.succeed("table").out.contains(" interrupted "))
        }
    }

    @Test("An interrupted run says how to go on, and goes on")
    func goesOn() throws {
        try Workplace.with { place in
            let words = ["run", "tiny.yaml", "train.max_steps=2000", "train.save_strategy=no"]
            var interrupted: RunningProgram.Ending?
            // Should the machine be so busy that the signal comes too late, there is another try.
            for _ in 1...20 where interrupted?.status != 130 {
                let program = try RunningProgram(place, words + ["--force"])
                program.send(SIGINT) {
                    guard let run = try? place.runFolder() else { return false }
                    return (try? place.json("\(run)/result.json")["status"]?.string) == "running"
                        && (try? place.text("\(run)/metrics.jsonl"))?.isEmpty == false
                }
                interrupted = try program.wait()
            }
            let talk = try #require(interrupted?.talk)
            let steps = try #require(try place.json(try place.runFolder() + "/result.json")["steps"]?.integer)
            #expect(talk.contains("Interrupted after step \(steps); "), "\(talk)")
            #expect(talk.hasSuffix("The same command goes on from there, with --force from the beginning.\n"))

            let ending = try RunningProgram(place, words).wait()
            #expect(ending.status == 0)
            #expect(ending.talk.contains("Continuing at step \(steps) of 2000.\n"), "\(ending.talk)")
            let record = try place.json(try place.runFolder() + "/result.json")
            #expect(record["steps"]?.integer == 2000)
            #expect(record["resumed_from_steps"]?.elements?.compactMap(\.integer) == [steps])
        }
    }

    @Test("What a killed run leaves is no result and in nobody's way")
    func killed() throws {
        try Workplace.with { place in
            let ending = try endless(place, signal: SIGKILL)
            #expect(ending.status == -SIGKILL)
            #expect(try place.json(try place.runFolder() + "/result.json")["status"]?.string == "running")
            #expect(try place.succeed("table", "--where", "status=finished").out.isEmpty)
            #expect(try endless(place, signal: SIGINT).status == 130, "the same run starts again")
        }
    }

    @Test("One process writes a run at a time")
    func twoAtOnce() throws {
        try Workplace.with { place in
            let words = ["run", "tiny.yaml", "train.max_steps=100000"]
            let program = try RunningProgram(place, words)
            var second: RunningProgram.Ending?
            program.send(SIGINT) {
                guard let run = try? place.runFolder(), FileContents.exists(place.file("\(run)/result.json")) else {
                    return false
                }
                second = try? RunningProgram(place, words).wait()
                return true
            }
            #expect(try program.wait().status == 130)
            #expect(second?.status == 1)
            #expect(second?.talk.contains("peftexp: error: another process is running 'results/tiny/") == true)
        }
    }

    @Test("Nobody reads what it says, and the run goes on to its result")
    func closedPipes() throws {
        try Workplace.with { place in
            // `true` closes its end at once; the status of the pipe is that of its last command.
            let script = "\"$0\" \"$@\" 2>&1 | true"
            let ending = try RunningProgram(place, ["run", "tiny.yaml", "train.max_steps=1"], script: script).wait()
            #expect(ending.status == 0)
            #expect(try place.json(try place.runFolder() + "/result.json")["status"]?.string == "finished")
        }
    }
}
