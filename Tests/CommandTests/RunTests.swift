import Files
import Foundation
import Testing
import YAML

/// From a manifest to its result.
@Suite("Runs")
struct RunTests {
    @Test("A run writes its result under fixed names")
    func result() throws {
        try Workplace.with { place in
            let ending = try place.succeed("run", "tiny.yaml")
            let run = try place.runFolder()
            #expect(ending.out.contains("\nplan against actual"))
            #expect(ending.out.hasSuffix("result: \(run)\n"))
            #expect(ending.talk.contains("step 8/8"))
            #expect(
                try FileManager.default.subpathsOfDirectory(atPath: place.file(run)).sorted() == [
                    "adapter", "adapter/adapter_config.json", "adapter/adapter_model.safetensors",
                    "adapter/labels.json", "adapter/training_state.safetensors", "manifest.yaml", "metrics.jsonl",
                    "predictions.jsonl",
                    "result.json",
                ])

            let record = try place.json("\(run)/result.json")
            #expect(record["status"]?.string == "finished")
            #expect(record["run_id"]?.string == run.split(separator: "/").last.map(String.init))
            #expect(record["name"]?.string == "tiny")
            #expect(record["metrics"]?["f1"]?.number != nil && record["metrics"]?["exact_match"]?.number != nil)
            #expect(record["trainable_parameters"]?.integer == 4 * 2 * 2 * 32 + 2 * 32 + 2)
            #expect(record["total_parameters"]?.integer == 18284)
            #expect(record["steps"]?.integer == 8)
            for key in ["train_seconds", "tokens_per_second", "peak_rss_bytes"] {
                #expect(record[key]?.number ?? 0 > 0, "\(key)")
            }
            for key in ["started", "ended", "versions", "machine", "hashes", "plan"] {
                #expect(record[key] != nil, "\(key)")
            }

            let lines = try place.jsonLines("\(run)/metrics.jsonl")
            let steps = lines.filter { $0["loss"] != nil }
            #expect(steps.compactMap { $0["step"]?.integer } == Array(1...8))
            #expect(steps.allSatisfy { $0["loss"]?.number != nil && $0["learning_rate"]?.number != nil })
            #expect(lines.last?["eval_f1"]?.number == record["metrics"]?["f1"]?.number)

            let predictions = try place.jsonLines("\(run)/predictions.jsonl")
            #expect(predictions.compactMap { $0["id"]?.string } == (0..<10).map { "eval-\($0)" })
            #expect(predictions.allSatisfy { $0["prediction_text"]?.string != nil })
        }
    }

    @Test("The stored manifest is complete, and gives the same run")
    func resolvedManifest() throws {
        try Workplace.with { place in
            try place.succeed("run", "tiny.yaml", "seed=3", "train.max_steps=2")
            let run = try place.runFolder()
            let manifest = try YAMLText.parse(try place.text("\(run)/manifest.yaml"), file: "manifest.yaml")
            #expect(manifest["seed"]?.integer == 3)
            #expect(manifest["train"]?["adam_beta2"]?.number == 0.999)
            let again = try place.succeed("run", "\(run)/manifest.yaml")
            #expect(again.talk.hasPrefix("This run has finished before ("))
        }
    }

    @Test("The adapter has PEFT's names and shapes")
    func adapter() throws {
        try Workplace.with { place in
            try place.succeed("run", "tiny.yaml")
            let run = try place.runFolder()
            let config = try place.json("\(run)/adapter/adapter_config.json")
            #expect(config["peft_type"]?.string == "PREFIX_TUNING")
            #expect(config["task_type"]?.string == "QUESTION_ANS")
            #expect(config["base_model_name_or_path"]?.string == place.file("model"))
            for (key, value) in ["num_virtual_tokens": 4, "token_dim": 32, "num_layers": 2, "num_attention_heads": 4] {
                #expect(config[key]?.integer == value, "\(key)")
            }
            let data = try place.data("\(run)/adapter/adapter_model.safetensors")
            let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            let header = try JSONText.parse(data.dropFirst(8).prefix(length), file: "header")
            func shape(_ name: String) -> [Int]? { header[name]?["shape"]?.elements?.compactMap(\.integer) }
            #expect(shape("prompt_embeddings") == [4, 2 * 2 * 32])
            #expect(shape("base_model.qa_outputs.weight") == [2, 32])
            #expect(shape("base_model.qa_outputs.bias") == [2])
        }
    }

    @Test("A finished run is found, and repeated when forced")
    func again() throws {
        try Workplace.with { place in
            let first = try place.succeed("run", "tiny.yaml")
            let run = try place.runFolder()
            let (result, adapter) = (try place.data("\(run)/result.json"), "\(run)/adapter/adapter_model.safetensors")
            let weights = try place.data(adapter)

            let found = try place.succeed("run", "tiny.yaml")
            #expect(found.out == first.out)
            #expect(
                found.talk.hasPrefix("This run has finished before (")
                    && found.talk.hasSuffix("--force runs it again.\n"))
            #expect(try place.data("\(run)/result.json") == result, "nothing was written")

            let forced = try place.succeed("run", "tiny.yaml", "--force")
            #expect(forced.talk.contains("step 8/8"))
            #expect(try place.runFolder() == run)
            #expect(try place.data(adapter) == weights)
        }
    }

    @Test("JSON on standard output, and nothing else")
    func json() throws {
        try Workplace.with { place in
            let first = try JSONText.parse(try place.succeed("run", "tiny.yaml", "--json").out, file: "out")
            #expect(first["status"]?.string == "finished")
            let text = try place.text(try place.runFolder() + "/result.json")
            #expect(try place.succeed("run", "tiny.yaml", "--json").out == text)
            #expect(try JSONText.parse(text, file: "result")["run_id"]?.string == first["run_id"]?.string)
        }
    }

    @Test("A run that fails later leaves the earlier result alone")
    func laterFailure() throws {
        try Workplace.with { place in
            try place.succeed("run", "tiny.yaml")
            let run = try place.runFolder()
            let before = try place.data("\(run)/result.json")
            try place.edit("train.json", ["\"answer_start\": 0}": "\"answer_start\": 1}"])
            #expect(try place.run("run", "tiny.yaml").status == 1)
            #expect(try place.data("\(run)/result.json") == before)
            #expect(try place.run("table").out.contains(run.split(separator: "/").last ?? "-"))
        }
    }

    /// The methods as changes to the manifest.
    static let methods: KeyValuePairs<String, String> = [
        "prefix": "peft.num_virtual_tokens=4", "projected prefix": "peft.prefix_projection=true",
        "linear": "peft={peft_type: LINEAR}", "full": "peft={peft_type: FULL}",
        "lora": "peft={peft_type: LORA, r: 3, lora_dropout: 0.1}",
        "dora":
            "peft={peft_type: LORA, r: 3, lora_dropout: 0.1, use_dora: true, target_modules: [value, output.dense]}",
        "adalora": "peft={peft_type: ADALORA, init_r: 4, target_r: 2, tinit: 1, tfinal: 2}",
    ]

    @Test("The same seed gives the same bits, whatever the threads", arguments: methods.map(\.value))
    func sameBits(method: String) throws {
        try Workplace.with { place in
            let dropout = ["model.hidden_dropout_prob=0.1", "model.attention_probs_dropout_prob=0.1"]
            func run(_ results: String, _ words: String...) throws -> [String: Data] {
                let ending = try RunningProgram(
                    place, ["run", "tiny.yaml", method, "--results", results] + dropout + words
                ).wait()
                try #require(ending.status == 0, "\(ending.talk)")
                let run = try place.runFolder(in: results)
                let names = try Folder.names(in: place.file("\(run)/adapter"))
                var files = Dictionary(
                    uniqueKeysWithValues: try names.map { ($0, try place.data("\(run)/adapter/\($0)")) })
                files["predictions"] = try place.data("\(run)/predictions.jsonl")
                let timeless = try place.jsonLines("\(run)/metrics.jsonl").map { line in
                    ["step", "loss", "learning_rate", "gradient_norm", "eval_f1"].map { line[$0]?.number ?? -1 }
                }
                files["metrics"] = Data("\(timeless)".utf8)
                return files
            }
            let one = try run("one", "--threads", "1")
            #expect(try run("two", "--threads", "2") == one)
            #expect(try run("more", "--threads", "5") == one)
            #expect(try run("seed", "seed=8")["training_state.safetensors"] != one["training_state.safetensors"])
        }
    }

    @Test("The operations that were announced are those that were done", arguments: methods.map(\.value))
    func operations(method: String) throws {
        try Workplace.with { place in
            try place.succeed("run", "tiny.yaml", method)
            let plan = try #require(try place.json(try place.runFolder() + "/result.json")["plan"])
            for figure in ["operations", "steps", "train_tokens"] {
                #expect(plan[figure]?["planned"]?.number ?? 0 > 0)
                #expect(plan[figure]?["planned"]?.number == plan[figure]?["actual"]?.number, "\(figure)")
            }
        }
    }
}
