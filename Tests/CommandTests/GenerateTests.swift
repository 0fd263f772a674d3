import Files
import Foundation
import Testing
import YAML

/// What `generate` says of a small language model that was trained on one text.
@Suite("generate")
struct GenerateTests {
    private static let manifest = """
        name: tiny
        seed: 7
        model:
          config: {model_type: gpt2, n_layer: 2, n_head: 2, n_embd: 16, n_positions: 32}
          tokenizer: model
          init: random
        task: {task_type: CAUSAL_LM, max_seq_length: 16}
        data: {format: text, train: text.txt}
        peft: {peft_type: FULL}
        train: {max_steps: 300, per_device_train_batch_size: 2, learning_rate: 1.0e-2}

        """

    /// A workplace with a trained run, and the run's folder.
    private func with(_ body: (Workplace, _ run: String) throws -> Void) throws {
        try Workplace.with { place in
            try place.write(
                String(repeating: "the cat sat on the mat. a dog ran to the cat.\n", count: 12), to: "text.txt")
            try place.write(Self.manifest, to: "tiny.yaml")
            try place.succeed("run", "tiny.yaml")
            try body(place, place.runFolder())
        }
    }

    @Test("a run and its checkpoint go on as the text did, the same with beams, in lines and as JSON")
    func writes() throws {
        try with { place, run in
            let plain = try place.succeed("generate", run, "--prompt", "a dog ran", "--max-new-tokens", "4").out
            #expect(plain.hasPrefix("a dog ran to t"), "\(plain)")
            let model = "\(run)/model"
            #expect(try place.succeed("generate", model, "--prompt", "a dog ran", "max_new_tokens=4").out == plain)
            let json = try JSONText.parse(
                place.succeed("generate", run, "--prompt", "a dog ran", "max_new_tokens=4", "--json").out, file: "out")
            #expect("a dog ran" + (json["text"]?.string ?? "") + "\n" == plain)
            #expect(json["finish_reason"]?.string == "length" && json["token_ids"]?.elements?.count == 4)

            let long = try place.succeed("generate", run, "--prompt", "the cat", "--max-new-tokens", "100", "--json")
            #expect(long.talk.contains("note: the text ends early: no room is left in the model's 32 positions"))
            #expect(try JSONText.parse(long.out, file: "out")["finish_reason"]?.string == "no_position")

            try place.write("{\"prompt\": \"a dog ran\"}\n\n{\"text\": \"the cat\"}\n", to: "in.jsonl")
            let lines = try place.succeed("generate", run, "--input", "in.jsonl", "max_new_tokens=4").out
                .split(separator: "\n").map { try JSONText.parse(String($0), file: "out") }
            #expect(lines.count == 2 && lines[0]["text"]?.string == json["text"]?.string)
            #expect(lines[1]["prompt"]?.string == "the cat")

            let beams = try JSONText.parse(
                place.succeed(
                    "generate", run, "--prompt", "the cat", "--json", "num_beams=3", "num_return_sequences=2",
                    "max_new_tokens=5"
                ).out, file: "out")
            let scores = beams["sequences"]?.elements?.compactMap { $0["score"]?.number } ?? []
            #expect(scores.count == 2 && scores[0] >= scores[1])
        }
    }

    @Test("what is drawn is drawn by the seed, whatever the threads")
    func draws() throws {
        try with { place, run in
            func drawn(_ words: String...) throws -> String {
                let all = [
                    "generate", run, "--prompt", "the", "do_sample=true", "temperature=3.0", "max_new_tokens=12",
                ]
                return try RunningProgram(place, all + words).wait().out
            }
            let first = try drawn("--seed", "3")
            #expect(try drawn("--seed", "3", "--threads", "1") == first)
            #expect(try drawn("--seed", "4") != first)
        }
    }

    @Test(
        "the checkpoint's generation_config.json counts where nothing is given, and what it asks for in vain is named")
    func checkpointSettings() throws {
        try with { place, run in
            let file = "\(run)/model/generation_config.json"
            try place.write("{\"max_new_tokens\": 2, \"transformers_version\": \"4.57.6\"}", to: file)
            func count(_ words: String...) throws -> Int? {
                let all = ["generate", "\(run)/model", "--prompt", "the cat", "--json"] + words
                return try JSONText.parse(RunningProgram(place, all).wait().out, file: "out")["token_ids"]?.elements?
                    .count
            }
            #expect(try count() == 2)
            #expect(try count("max_new_tokens=3") == 3)
            try place.write("{\"num_beam_groups\": 2}", to: file)
            let refused = try place.run("generate", "\(run)/model", "--prompt", "the cat")
            #expect(
                refused.status == 1 && refused.talk.contains("'num_beam_groups' is not supported"), "\(refused.talk)")
        }
    }

    @Test("what cannot be is told by name")
    func mistakes() throws {
        try with { place, run in
            let cases: [(words: [String], status: Int32, message: String)] = [
                ([run], 2, "there is nothing to go on from; give --prompt TEXT or --input FILE"),
                ([run, "--prompt", "a", "--input", "b"], 2, "give --prompt or --input, not both"),
                ([run, "--input", "nowhere.jsonl"], 2, "there is no file 'nowhere.jsonl'"),
                (["nowhere", "--prompt", "a"], 2, "there is no folder 'nowhere'"),
                (
                    ["results", "--prompt", "a"], 2,
                    "'results' has neither manifest.yaml, as a run has, nor config.json"
                ),
                ([run, "--prompt", "a", "temprature=2"], 2, "unknown key 'temprature'; did you mean 'temperature'?"),
                ([run, "--prompt", "a", "temperature=2"], 2, "set do_sample to true"),
                (
                    [run, "--prompt", "a", "num_beam_groups=2"], 2,
                    "it is a setting of transformers' generation that is not"
                ),
                ([run, "--prompt", "a", "num_beams=x"], 2, "'num_beams' must be an integer from 1 to 1024, not 'x'"),
                ([run, "--prompt", "a", "--adapter", "b"], 2, "--adapter belongs to a checkpoint; a run has its own"),
                (
                    ["model", "--prompt", "a"], 1,
                    "it cannot write texts: CAUSAL_LM does not go with a model of type 'bert'"
                ),
                (
                    [run, "--prompt", String(repeating: "the cat ", count: 20)], 2,
                    "no room is left in the model's 32 positions; shorten it to 31 tokens"
                ),
            ]
            for (words, status, message) in cases {
                let ending = try RunningProgram(place, ["generate"] + words).wait()
                #expect(ending.status == status && ending.talk.contains(message), "\(words): \(ending.talk)")
                #expect(ending.out.isEmpty)
            }
        }
    }

    @Test("a run's evaluation scores what it writes, by the settings in its manifest")
    func evaluation() throws {
        try with { place, run in
            let pairs = ["the cat": "sat on the mat.", "a dog": "ran to the cat."].map {
                "{\"prompt\": \"\($0)\", \"completion\": \"\($1)\"}\n"
            }
            try place.write(pairs.sorted().joined(), to: "pairs.jsonl")
            try place.write(
                """
                name: tuned
                model: {path: \(run)/model}
                task: {task_type: CAUSAL_LM, max_seq_length: 16, predict_with_generate: true}
                data: {format: jsonl, train: pairs.jsonl, eval: pairs.jsonl, text_field: prompt, target_field: completion}
                peft: {peft_type: LORA}
                train: {max_steps: 60, learning_rate: 2.0e-2}
                generation: {max_new_tokens: 6, min_new_tokens: 6, num_beams: 2}

                """, to: "tuned.yaml")
            let record = try JSONText.parse(place.succeed("run", "tuned.yaml", "--json").out, file: "out")
            let id = try #require(record["run_id"]?.string)
            #expect(record["metrics"]?["bleu"]?.number != nil)
            // No text ends early, so that what was planned of writing is done.
            let operations = try #require(record["plan"]?["operations"])
            let ratio = try #require(operations["actual"]?.number) / #require(operations["planned"]?.number)
            #expect(abs(ratio - 1) < 0.01, "\(ratio)")
            let predictions = try place.jsonLines("results/tuned/\(id)/predictions.jsonl")
            #expect(predictions.count == 2 && predictions.allSatisfy { $0["generated"]?.string?.isEmpty == false })
            let mistake = try place.run("plan", "tuned.yaml", "generation.temperature=2.0")
            #expect(
                mistake.status == 2 && mistake.talk.contains("'generation.temperature': it counts only when tokens"))
        }
    }
}
