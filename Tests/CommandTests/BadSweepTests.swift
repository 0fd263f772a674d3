import Files
import Foundation
import Testing
import YAML

@Suite("Sweeps that are wrong")
struct BadSweepTests {
    @Test(
        "Every trial is checked before the first starts, and each mistake is told once",
        arguments: [
            (
                "{grid: {train.lerning_rate: [1, 2]}}",
                "16: error: unknown key 'lerning_rate' in 'train'; did you mean 'learning_rate'?"
            ),
            (
                "{grid: {seed: [1, eight]}}",
                "26: error: 'seed' must be an integer from 0 to 2147483647, not 'eight' (trial 'seed=eight')"
            ),
            ("{grid: {seed: []}}", "22: error: 'seed' has no values: give at least one, or remove the line"),
            (
                "{grid: {peft: [{peft_type: LORA, r: 2}, {peft_type: LORRA}]}}",
                "did you mean 'LORA'? (trial 'peft={peft_type: LORRA}')"
            ),
            (
                "{grid: {peft.num_virtual_tokens: [4, 60]}}",
                "40 tokens and a prefix of 60 are more than the model's 64 positions; lower task.max_seq_length to 4 "
                    + "(trial 'peft.num_virtual_tokens=60')"
            ),
            ("{grid: {seed: [1]}, exclude: {sede: 1}}", "there is no key 'sede'; did you mean 'seed'?"),
            ("{grid: {seed: [1, 2]}, exclude: {seed: [1, 2]}}", "8: error: the conditions drop all 2 trials"),
            (
                "{exclude: {seed: 1}}",
                "there is nothing to sweep: say what, as in 'sweep: {grid: {train.learning_rate: [1e-3, 1e-2]}}'"
            ),
            ("{grid: {seed: [1]}, early_stopping: {strategy: asha}}", "set train.eval_strategy to epoch or steps"),
            (
                "{seed: [1, 2]}",
                "9: error: 'seed' is a key of the manifest; to sweep it, put it into a grid: grid: {seed: [1, 2]}"
            ),
            (
                "{random: {count: 9, parameters: {peft.num_virtual_tokens: {uniform: [1, 3]}}}}",
                "error: 'peft.num_virtual_tokens' must be an integer"
            ),
            (
                "{grid: {train.eval_strategy: [epoch]}, early_stopping: {strategy: asha, metric: f11}}",
                "'sweep.early_stopping.metric': QUESTION_ANS gives no 'f11'; did you mean 'f1'?"
            ),
        ])
    func mistakes(section: String, message: String) throws {
        try Workplace.with { place in
            try place.writeSweep(section)
            let inventory = try place.inventory()
            for command in ["sweep", "validate"] {
                let ending = try place.run(command, "sweep.yaml")
                #expect(ending.status == 2)
                #expect(ending.talk.contains(message), "\(ending.talk)")
                #expect(ending.talk.hasPrefix("sweep.yaml:"), "\(ending.talk)")
                #expect(ending.talk.hasSuffix("1 mistake; nothing was started.\n"), "\(ending.talk)")
            }
            #expect(try place.inventory() == inventory)
        }
    }

    @Test("A rule that ends trials is checked where it stands, whatever else is wrong")
    func stoppingRule() throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [x]}, early_stopping: {strategy: asha, metric: f11}}")
            let ending = try place.run("sweep", "sweep.yaml", "train.eval_strategy=epoch")
            #expect(ending.status == 2)
            #expect(
                ending.talk.contains(": error: 'sweep.early_stopping.metric': QUESTION_ANS gives no 'f11'"),
                "\(ending.talk)")
            #expect(ending.talk.hasSuffix("2 mistakes; nothing was started.\n"), "\(ending.talk)")
        }
    }

    @Test(
        "What is asked for on the command line",
        arguments: [
            (["tiny.yaml"], "tiny.yaml:2:1: error: there is nothing to sweep"),
            (["sweep.yaml", "seed=3"], "command line:1:1: error: 'seed' is swept at sweep.yaml:"),
            (["sweep.yaml", "--jobs", "some"], "--jobs takes a number of workers, or auto, not 'some'"),
            (["sweep.yaml", "--jobs", "0"], "--jobs must be 1 to 1024, not 0"),
            (["sweep.yaml", "--time-limit", "soon"], "--time-limit takes a time such as 90s, 30m or 2h, not 'soon'"),
            (["sweep.yaml", "--kill-after", "5s"], "--kill-after needs --time-limit TIME"),
            (["sweep.yaml", "--retries", "-1"], "--retries must be 0 to 1000, not -1"),
            (["none.yaml"], "cannot read 'none.yaml': there is no such file or folder"),
        ])
    func arguments(words: [String], message: String) throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1, 2]}}")
            let ending = try RunningProgram(place, ["sweep"] + words).wait()
            #expect(ending.status == 2)
            #expect(ending.talk.contains(message), "\(ending.talk)")
            #expect(place.runs().isEmpty)
        }
    }

    @Test func aWorkerWithoutASweep() throws {
        try Workplace.with { place in
            for (folder, message) in [("nowhere", "there is no folder 'nowhere'"), ("model", "'model' holds no sweep")]
            {
                let ending = try place.run("worker", folder)
                #expect(ending.status == 2)
                #expect(ending.talk.contains(message), "\(ending.talk)")
            }
        }
    }

    @Test("A single run of a manifest with a sweep is the manifest alone, and says so")
    func single() throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1, 2]}}")
            #expect(
                try place.succeed("run", "sweep.yaml").talk.hasPrefix(
                    "note: this is the manifest alone; 'peftexp sweep sweep.yaml' runs its trials\n"))
            let run = try #require(place.runs().first)
            #expect(try !place.text("results/tiny/\(run)/manifest.yaml").contains("sweep"))
            #expect(try place.succeed("run", "tiny.yaml").talk.hasPrefix("This run has finished before"))
            #expect(
                try place.succeed("validate", "sweep.yaml").out == "sweep.yaml: a sweep of 2 trials, nothing wrong\n")
        }
    }

    @Test("A result that cannot be read is named, and does not keep the others")
    func damagedResult() throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1, 2]}}")
            try place.succeed("sweep", "sweep.yaml")
            let run = try #require(place.runs().first)
            try place.write("{\"status\": \"fin", to: "results/tiny/\(run)/result.json")
            let ending = try place.run("sweep", "sweep.yaml")
            #expect(ending.status == 1)
            #expect(ending.out.contains("results/tiny/\(run)/result.json:1:"), "\(ending.out)")
            #expect(ending.out.contains("remove the folder, and the run can be made again"))
            try Folder.remove(place.file("results/tiny/\(run)"))
            #expect(try place.succeed("sweep", "sweep.yaml").out.hasPrefix("2 trials: 2 done (1 before)\n"))
        }
    }

    @Test("Data that changes under a prepared sweep is a failure that says so")
    func changedData() throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1]}}")
            let folder = try place.succeed("sweep", "sweep.yaml", "--prepare").out.trimmingCharacters(in: .newlines)
            try place.edit("train.json", ["\"answer_start\": 0": "\"answer_start\":  0"])
            let ending = try place.run("worker", folder)
            #expect(ending.status == 1)
            #expect(ending.talk.contains("its data or its model has changed since the sweep began"), "\(ending.talk)")
        }
    }

    @Test("Damage in the sweep's own folder is mended by the next command")
    func damagedSweep() throws {
        try Workplace.with { place in
            try place.writeSweep("{grid: {seed: [1, 2]}}")
            let folder = try place.succeed("sweep", "sweep.yaml", "--prepare").out.trimmingCharacters(in: .newlines)
            try place.write("{\"name\": ", to: "\(folder)/sweep.json")
            let worker = try place.run("worker", folder)
            #expect(worker.status == 1)
            #expect(worker.talk.hasPrefix("\(folder)/sweep.json:1:"), "\(worker.talk)")
            try place.succeed("sweep", "sweep.yaml")
        }
    }
}
