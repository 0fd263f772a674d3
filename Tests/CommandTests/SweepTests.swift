import Files
import Foundation
import Testing
import YAML

@Suite("Sweeps")
struct SweepTests {
    /// Two methods, two rates, one of which is dropped for one of the methods.
    private let section = """
        {list: {prefix: {peft.num_virtual_tokens: 4}, lora: {peft: {peft_type: LORA, r: 2}}}, \
        grid: {train.learning_rate: [1e-3, 1e-2], seed: [7, 8]}, \
        exclude: {peft.peft_type: LORA, train.learning_rate: 0.01}}
        """

    @Test("Trials are planned, run and found again; one run by hand counts, and as printed it is the same")
    func wholeSweep() throws {
        try Workplace.with { place in
            try place.writeSweep(section)
            let plan = try place.succeed("sweep", "sweep.yaml", "--plan").out
            #expect(plan.contains("6 trials: 0 done, 6 to run; 2 dropped by conditions\n"))
            #expect(place.runs().isEmpty)

            let json = try JSONText.parse(
                try place.succeed("sweep", "sweep.yaml", "--plan", "--json").out, file: "plan")
            let trials = try #require(json["trials"]?.elements)
            #expect(trials.count == 6)
            #expect(trials.allSatisfy { $0["plan"]?["trainable_parameters"]?.integer ?? 0 > 0 })
            #expect(json["seconds"]?.number ?? 0 > 0 && json["peak_rss_bytes"]?.integer ?? 0 > 0)
            let command = try #require(trials.last?["command"]?.string)
            #expect(
                command == "peftexp run sweep.yaml 'peft={peft_type: LORA, r: 2}' train.learning_rate=1e-3 seed=8")
            let byHand = try RunningProgram(
                place, [], script: command.replacing("peftexp", with: "\"$0\"")
            ).wait()
            #expect(byHand.status == 0, "\(byHand.talk)")
            #expect(place.runs() == [trials.last?["run_id"]?.string].compactMap(\.self))

            let sweep = try place.succeed("sweep", "sweep.yaml", "--jobs", "2")
            #expect(sweep.out.hasPrefix("6 trials: 6 done (1 before)\n"))
            #expect(sweep.talk.contains("] done in "))
            #expect(Set(place.runs()) == Set(trials.compactMap { $0["run_id"]?.string }))
            #expect(try place.succeed("table", "results/tiny").out.split(separator: "\n").count == 8)

            let before = place.finishedRecords(in: "results")
            let again = try place.succeed("sweep", "sweep.yaml")
            #expect(again.out.hasPrefix("6 trials: 6 done (6 before)\n"))
            #expect(!again.talk.contains("started"))
            #expect(place.finishedRecords(in: "results") == before)

            let more = try place.succeed("sweep", "sweep.yaml", "sweep.grid.seed=[7, 8, 9]", "--json")
            let summary = try JSONText.parse(more.out, file: "sweep")
            #expect(summary["done"]?.integer == 9)
            #expect(summary["trials"]?.elements?.count { $0["was_done"]?.boolean == true } == 6)
            #expect(place.finishedRecords(in: "results").filter { before.keys.contains($0.key) } == before)
        }
    }

    @Test("Paths in a sweep are relative to the manifest, and printed so that they are right anywhere")
    func paths() throws {
        try Workplace.with { place in
            try Folder.make(place.file("sub"))
            try place.writeSweep("{grid: {data.train: [train.json, other.json]}}")
            try place.write(try place.text("train.json").replacing("\n", with: "\n\n"), to: "other.json")
            let out = try RunningProgram(
                place, ["sweep", "../sweep.yaml", "--plan", "--json"], script: "cd sub && \"$0\" \"$@\""
            ).wait().out
            let trials = try #require(try JSONText.parse(out, file: "plan")["trials"]?.elements)
            #expect(
                trials.map { $0["overrides"]?.elements?.compactMap(\.string) ?? [] }
                    == ["train.json", "other.json"].map { ["data.train=\(place.file($0))"] })
        }
    }

    @Test("However many workers there are, the results are the same to the bit")
    func jobs() throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1, 2, 3], peft.num_virtual_tokens: [2, 4]}}")
            try place.succeed("sweep", "sweep.yaml", "--jobs", "1", "--results", "one")
            try place.succeed("sweep", "sweep.yaml", "--jobs", "2", "--results", "two")
            try place.succeed("sweep", "sweep.yaml", "--jobs", "3", "--threads", "2", "--results", "three")
            let one = try place.timelessResults(in: "one")
            #expect(one.count > 6 * 5)
            #expect(try place.timelessResults(in: "two") == one)
            #expect(try place.timelessResults(in: "three") == one)
        }
    }

    @Test("Two sweeps at once, and a worker by hand, share the trials and do none twice")
    func shared() throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1, 2, 3, 4, 5, 6, 7, 8]}}")
            let folder = try place.succeed("sweep", "sweep.yaml", "--prepare").out.trimmingCharacters(in: .newlines)
            let programs = try [
                ["sweep", "sweep.yaml", "--jobs", "2"], ["sweep", "sweep.yaml", "--jobs", "2"],
                ["worker", folder, "--threads", "1"],
            ].map { try RunningProgram(place, $0) }
            let endings = try programs.map { try $0.wait() }
            for ending in endings { #expect(ending.status == 0, "\(ending.talk)") }
            for ending in endings.prefix(2) { #expect(ending.out.contains("8 trials: 8 done")) }
            let claims = place.file("results/tiny/.sweep/claims")
            for run in place.runs() {
                let texts = try Folder.names(in: "\(claims)/\(run)").map { name in
                    try FileContents.text(at: "\(claims)/\(run)/\(name)").prefix(4)
                }
                // A claim is let go unused when the trial turns out to have ended; one alone has done the work.
                let doneBy = endings.map { $0.talk.components(separatedBy: "] done in").count - 1 }.reduce(0, +)
                #expect(texts.allSatisfy { $0 == "done" })
                #expect(doneBy == 8)
            }
        }
    }

    @Test("A signal ends the sweep after the steps at hand, and the same command goes on")
    func interrupted() throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1, 2, 3]}}")
            let words = ["sweep", "sweep.yaml", "train.max_steps=400", "--jobs", "2"]
            #expect(try RunningProgram(place, words + ["--results", "undisturbed"]).wait().status == 0)
            for (signal, status) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
                let before = place.claimCount
                let sweep = try RunningProgram(place, words)
                sweep.send(signal) { place.claimCount > before }
                let ending = try sweep.wait()
                #expect(ending.status == status, "\(ending.talk)")
                #expect(ending.talk.hasSuffix("The same command goes on.\n"))
            }
            #expect(try RunningProgram(place, words).wait().status == 0)
            #expect(try place.timelessResults(in: "results") == place.timelessResults(in: "undisturbed"))
        }
    }

    @Test("Workers end by themselves, and let go, when the sweep that started them is gone")
    func orphans() throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1, 2]}}")
            let sweep = try RunningProgram(place, ["sweep", "sweep.yaml", "train.max_steps=100000000", "--jobs", "2"])
            var workers: [Int32] = []
            sweep.send(SIGKILL) {
                workers = sweep.pid.map(ProcessTree.children) ?? []
                let logs = place.runs().filter { run in
                    (try? place.text("results/tiny/\(run)/metrics.jsonl"))?.isEmpty == false
                }
                return logs.count == 2
            }
            _ = try sweep.wait()
            #expect(workers.count == 2)
            // No time is asked for, but that they end before the test does.
            while workers.contains(where: { kill($0, 0) == 0 }) { usleep(10_000) }
            for run in place.runs() {
                #expect(try place.json("results/tiny/\(run)/result.json")["status"]?.string == "interrupted")
                #expect(try place.text("results/tiny/.sweep/claims/\(run)/1").hasPrefix("free "))
            }
        }
    }

    @Test("A trial that fails is tried again, told with its trace, and does not keep the others")
    func failure() throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1, 2]}}")
            let plan = try JSONText.parse(
                try place.succeed("sweep", "sweep.yaml", "--plan", "--json").out, file: "plan")
            let run = try #require(plan["trials"]?.elements?.first?["run_id"]?.string)
            try Folder.make(place.file("results/tiny"))
            try place.write("in the way", to: "results/tiny/\(run)")
            let ending = try place.run("sweep", "sweep.yaml", "train.logging_steps=1", "--jobs", "1")
            #expect(ending.status == 1)
            #expect(ending.out.hasPrefix("failed 2 times on "), "\(ending.out)")
            #expect(ending.out.contains("results/tiny/\(run)': a file of that name is in the way\n"))
            #expect(ending.out.contains("\n    by hand: peftexp run sweep.yaml train.logging_steps=1 seed=1\n"))
            #expect(ending.out.contains("\n2 trials: 1 done, 1 failed\n"))

            let once = try place.run("sweep", "sweep.yaml", "--retries", "0")
            #expect(once.status == 1)
            #expect(once.out.hasPrefix("failed on "), "it is tried anew, once: \(once.out)")
            try Folder.remove(place.file("results/tiny/\(run)"))
            #expect(try place.succeed("sweep", "sweep.yaml").out.hasPrefix("2 trials: 2 done (1 before)\n"))
        }
    }

    @Test("A trial whose time is over is ended, not tried again, and told")
    func timeLimit() throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1]}}")
            let ending = try place.run("sweep", "sweep.yaml", "train.max_steps=100000000", "--time-limit", "0.3")
            #expect(ending.status == 1)
            #expect(ending.out.hasPrefix("failed on "))
            #expect(ending.out.contains("its time of 300 ms was over after step "))
            #expect(
                try place.json("\(try place.runFolder())/result.json")["stopped_by"]?.string == "time limit: 300 ms")
        }
    }

    @Test("Trials that others outdo are stopped, say so, and are not run again")
    func pruning() throws {
        try Workplace.with { place in
            let section = """
                {grid: {train.learning_rate: [1e-2, 1e-9, 2e-9]}, \
                early_stopping: {strategy: asha, reduction_factor: 2, metric: f1}}
                """
            try place.writeSweep(section)
            let words = ["train.eval_strategy=steps", "train.eval_steps=4", "train.max_steps=32"]
            func sweep(_ results: String) throws -> Node {
                let ending = try RunningProgram(
                    place, ["sweep", "sweep.yaml", "--json", "--jobs", "1", "--results", results] + words
                ).wait()
                try #require(ending.status == 0, "\(ending.talk)")
                return try JSONText.parse(ending.out, file: "sweep")
            }
            func ends(_ node: Node) -> [String] {
                node["trials"]?.elements?.map { "\($0["state"]?.string ?? "") \($0["stopped_by"]?.string ?? "")" } ?? []
            }
            let first = try sweep("first")
            #expect(first["pruned"]?.integer ?? 0 > 0, "\(JSON(first).prettyText)")
            #expect(first["done"]?.integer ?? 0 > 0)
            #expect(try ends(sweep("second")) == ends(first), "with one worker, always the same")
            let again = try sweep("first")
            #expect(ends(again) == ends(first))
            #expect(again["trials"]?.elements?.allSatisfy { $0["was_done"]?.boolean == true } == true)
            let pruned = try #require(again["trials"]?.elements?.first { $0["state"]?.string == "pruned" })
            let path = try #require(pruned["path"]?.string)
            let record = try place.json("\(path)/result.json")
            #expect(record["status"]?.string == "pruned")
            #expect(record["stopped_by"]?.string?.hasPrefix("asha: f1 ") == true)
            #expect(record["metrics"]?["f1"]?.number != nil && record["greater_is_better"]?["f1"]?.boolean == true)

            let whole = try RunningProgram(
                place, ["sweep", "sweep.yaml", "sweep.early_stopping={strategy: none}", "--results", "first"] + words
            ).wait()
            #expect(whole.status == 0)
            #expect(whole.out.contains("3 trials: 3 done"))
        }
    }
}
