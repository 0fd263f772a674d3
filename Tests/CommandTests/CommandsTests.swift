import Files
import Foundation
import Testing
import YAML

/// The commands that do not train.
@Suite("Other commands")
struct CommandsTests {
    @Test("validate says that nothing is wrong, and writes nothing")
    func validate() throws {
        try Workplace.with { place in
            let before = try place.inventory()
            let ending = try place.succeed("validate", "tiny.yaml")
            #expect(ending.out == "tiny.yaml: PREFIX_TUNING for QUESTION_ANS, nothing wrong\n")
            #expect(ending.talk.isEmpty)
            #expect(try place.inventory() == before)
        }
    }

    @Test("The same manifest as JSON and as a property list", arguments: ["tiny.json", "tiny.plist"])
    func formats(file: String) throws {
        try Workplace.with { place in
            let data = #"{"format": "squad", "train": "train.json", "eval": "eval.json"}"#
            let json = """
                {"name": "tiny", "seed": 7, "model": {"path": "model"}, "data": \(data),
                 "task": {"task_type": "QUESTION_ANS", "max_seq_length": 40, "doc_stride": 8},
                 "peft": {"peft_type": "PREFIX_TUNING", "num_virtual_tokens": 4},
                 "train": {"num_train_epochs": 2, "per_device_train_batch_size": 8, "learning_rate": 1e-2, "logging_steps": 1}}
                """
            if file.hasSuffix(".json") {
                try place.write(json, to: file)
            } else {
                let values = try JSONSerialization.jsonObject(with: Data(json.utf8))
                let list = try PropertyListSerialization.data(fromPropertyList: values, format: .xml, options: 0)
                try AtomicFile.write(list, to: place.file(file))
            }
            func id(_ manifest: String) throws -> String? {
                try JSONText.parse(try place.succeed("plan", manifest, "--json").out, file: "plan")["run_id"]?.string
            }
            #expect(try id(file) == id("tiny.yaml"))
        }
    }

    @Test("plan tells what a run would do, and writes no result")
    func plan() throws {
        try Workplace.with { place in
            let text = try place.succeed("plan", "tiny.yaml").out
            #expect(text.hasPrefix("tiny: PREFIX_TUNING for QUESTION_ANS on bert, run "))
            #expect(text.contains("4 trained keys and values in front of 2 attentions"))
            #expect(text.contains("8 steps (4 an epoch, 0 of warm-up)"))
            let plan = try JSONText.parse(try place.succeed("plan", "tiny.yaml", "--json").out, file: "plan")
            #expect(plan["steps"]?.integer == 8)
            #expect(plan["trainable_parameters"]?.integer == 578)
            #expect(plan["eval"]?["examples"]?.integer == 10)
            #expect(!FileManager.default.fileExists(atPath: place.file("results")))
        }
    }

    @Test("What is left out of a file is told by plan and by run")
    func skipped() throws {
        try Workplace.with { place in
            try place.edit("train.json", ["\"answer_start\": 0}": "\"answer_start\": 1}"])
            #expect(try place.run("plan", "tiny.yaml").status == 1)
            let plan = try JSONText.parse(
                try place.succeed("plan", "tiny.yaml", "data.on_error=skip", "--json").out, file: "plan")
            let count = try #require(plan["train"]?["skipped"]?.integer)
            #expect(count > 0)
            #expect(plan["eval"]?["skipped"]?.integer == 0)
            #expect(plan["train"]?["skipped_first"]?.elements?.first?.string?.contains("at answer_start 1") == true)
            let line = "\ndata.train: \(count) rows left out; the first is \(place.file("train.json")):2:"
            #expect(try place.succeed("plan", "tiny.yaml", "data.on_error=skip").out.contains(line))
            #expect(try place.succeed("run", "tiny.yaml", "data.on_error=skip").talk.contains(line))
        }
    }

    @Test("Keys of a format are told where they are misplaced, unused or at odds")
    func formatKeys() throws {
        try Workplace.with { place in
            for (override, message) in [
                ("data.text_column=a", "error: 'data.text_column' is no key of squad; it belongs to csv, tsv"),
                (
                    "data.format=csv",
                    "error: files of the format 'csv' hold texts with labels or contexts with choices or documents or texts with targets; "
                        + "QUESTION_ANS needs questions about contexts, which squad may hold"
                ),
            ] {
                let ending = try place.run("validate", "tiny.yaml", override)
                #expect(ending.status == 2)
                #expect(ending.talk.contains(message), "\(ending.talk)")
            }
        }
    }

    @Test("plan counts what no machine will ever finish")
    func endlessPlan() throws {
        try Workplace.with { place in
            for override in ["train.max_steps=1000000000", "train.num_train_epochs=1000000"] {
                let text = try place.succeed("plan", "tiny.yaml", override).out
                #expect(text.contains("steps (4 an epoch"))
            }
        }
    }

    @Test("schema is the committed one")
    func schema() throws {
        try Workplace.with { place in
            let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let committed = try FileContents.text(at: root.appending(path: "schemas/manifest.schema.json").path)
            #expect(try place.succeed("schema").out == committed, "make schema")
        }
    }

    @Test(
        "explain",
        arguments: [
            ("", "seed: an integer from 0 to 2147483647, default 42\n"),
            ("train.learning_rate", "train.learning_rate: a number above 0 and at most 1000, default 5.0e-05\n"),
            ("peft", "peft_type: PREFIX_TUNING\n"),
            ("peft.PREFIX_TUNING", "num_virtual_tokens: an integer from 1 to 4096, default 16\n"),
        ])
    func explain(key: String, line: String) throws {
        try Workplace.with { place in
            let ending = try RunningProgram(place, ["explain"] + (key.isEmpty ? [] : [key])).wait()
            #expect(ending.status == 0)
            #expect(ending.out.contains(line), "\(ending.out)")
        }
    }

    @Test func explainWhatIsNotThere() throws {
        try Workplace.with { place in
            let ending = try place.run("explain", "train.learning_rat")
            #expect(ending.status == 2)
            #expect(ending.talk.contains("there is no key 'train.learning_rat'; did you mean 'train.learning_rate'?"))
        }
    }

    @Test(
        "list",
        arguments: [
            ("tuners", "PREFIX_TUNING"), ("heads", "QUESTION_ANS"), ("backbones", "bert"), ("formats", "squad"),
            ("metrics", "exact_match"), ("schedules", "exponential"), ("strategies", "sweep.zip"),
            ("strategies", "sweep.early_stopping: asha"),
        ])
    func list(kind: String, name: String) throws {
        try Workplace.with { place in
            #expect(try place.succeed("list", kind).out.contains("\n\(name) "))
            let entries = try JSONText.parse(try place.succeed("list", kind, "--json").out, file: "list").elements ?? []
            #expect(entries.contains { $0["name"]?.string == name && $0["help"]?.string?.isEmpty == false })
        }
    }

    @Test func listWhatIsNotThere() throws {
        try Workplace.with { place in
            let ending = try place.run("list", "optimizers")
            #expect(ending.status == 2)
            #expect(ending.talk.contains("there is no list of 'optimizers'; there are lists of tuners, heads"))
        }
    }

    @Test(
        "Help of every command",
        arguments: [
            "run", "sweep", "worker", "plan", "validate", "table", "diff", "report", "predict", "export", "list",
            "explain",
            "schema",
        ])
    func help(command: String) throws {
        try Workplace.with { place in
            let ending = try place.succeed(command, "--help")
            #expect(ending.out.hasPrefix("peftexp \(command)"))
            #expect(ending.out.contains("\nExample"))
        }
    }
}
