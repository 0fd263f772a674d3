import Files
import Foundation
import Testing
import YAML

/// A language model that is made from a configuration and a text, then tuned.
@Suite("Training from nothing")
struct FromNothingTests {
    private static let manifest = """
        name: tiny
        seed: 7
        model:
          config: {model_type: gpt2, n_layer: 2, n_head: 2, n_embd: 16, n_positions: 32}
          tokenizer: model
          init: random
        task: {task_type: CAUSAL_LM, max_seq_length: 16}
        data: {format: text, train: text.txt, eval: text.txt}
        peft: {peft_type: FULL}
        train: {max_steps: 90, per_device_train_batch_size: 2, learning_rate: 1.0e-2}

        """

    private func trained(in place: Workplace) throws -> String {
        try place.write(String(repeating: "the cat sat on the mat. a dog ran to the cat.\n", count: 12), to: "text.txt")
        try place.write(Self.manifest, to: "tiny.yaml")
        try place.succeed("run", "tiny.yaml")
        return try place.runFolder()
    }

    private func loss(_ words: String..., in place: Workplace) throws -> Double {
        try place.write("{\"text\": \"the cat sat on the mat.\"}\n", to: "inputs.jsonl")
        let out = try RunningProgram(place, ["predict"] + words + ["--input", "inputs.jsonl"]).wait().out
        return try #require(JSONText.parse(out, file: "out")["loss"]?.number)
    }

    @Test("it learns, and what it becomes is a checkpoint that needs nothing else")
    func becomesCheckpoint() throws {
        try Workplace.with { place in
            let run = try trained(in: place)
            let losses = try place.jsonLines("\(run)/metrics.jsonl").compactMap { $0["eval_loss"]?.number }
            // Drawn weights know nothing: the loss would be that of even odds over the vocabulary.
            let vocabulary = try #require(place.json("\(run)/model/config.json")["vocab_size"]?.integer)
            #expect(try #require(losses.last) < log(Double(vocabulary)) / 2)
            #expect(
                try place.json("\(run)/model/config.json")["architectures"]?.elements?.first?.string
                    == "GPT2LMHeadModel")
            let own = try loss(run, in: place)
            try Folder.remove(place.file("model"))
            #expect(try loss(run, in: place) == own)
            #expect(try loss("--model", "\(run)/model", "task.max_seq_length=16", in: place) == own)
        }
    }

    @Test("the checkpoint is frozen and tuned by the next manifest")
    func isTuned() throws {
        try Workplace.with { place in
            let run = try trained(in: place)
            try place.write(
                "the dog sat on the cat. the mat ran.\nthe dog sat on the cat. the mat ran.\n", to: "other.txt")
            try place.write(
                """
                name: tuned
                model: {path: \(run)/model}
                task: {task_type: CAUSAL_LM, max_seq_length: 16}
                data: {format: text, train: other.txt, eval: other.txt}
                peft: {peft_type: LORA}
                train: {max_steps: 10, learning_rate: 1.0e-2, logging_steps: 1}

                """, to: "tuned.yaml")
            let record = try JSONText.parse(place.succeed("run", "tuned.yaml", "--json").out, file: "out")
            let id = try #require(record["run_id"]?.string)
            let losses = try place.jsonLines("results/tuned/\(id)/metrics.jsonl").compactMap { $0["loss"]?.number }
            #expect(try #require(losses.last) < #require(losses.first))
            let mistake = try place.run("plan", "tuned.yaml", "model.path=\(run)")
            #expect(mistake.status == 2 && mistake.talk.contains("the model that it trained is"), "\(mistake.talk)")
            try place.edit("\(run)/model/config.json", ["\"n_layer\"": "\"logit_scale\": 2, \"n_layer\""])
            let plan = try place.succeed("plan", "tuned.yaml").out
            #expect(plan.contains("not read of its configuration: logit_scale\n"), "\(plan)")
        }
    }

    @Test("the characters of the text are tokens too, and go with the checkpoint")
    func learnsCharacters() throws {
        try Workplace.with { place in
            try place.write(String(repeating: "the cat sat on the mat. é\n", count: 12), to: "text.txt")
            try place.write(Self.manifest, to: "tiny.yaml")
            try place.edit("tiny.yaml", ["tokenizer: model": "tokenizer: characters"])
            try place.succeed("run", "tiny.yaml")
            let run = try place.runFolder()
            // Three special tokens and the 13 characters of the text, the end of the line among them.
            let config = try place.json("\(run)/model/config.json")
            #expect(config["vocab_size"]?.integer == 16 && config["eos_token_id"]?.integer == 1)
            let losses = try place.jsonLines("\(run)/metrics.jsonl").compactMap { $0["eval_loss"]?.number }
            #expect(try #require(losses.last) < log(16) / 2)
            let own = try loss(run, in: place)
            #expect(try loss("--model", "\(run)/model", "task.max_seq_length=16", in: place) == own)
            let mistake = try place.run(
                "plan", "tiny.yaml", "model.config=null", "model.path=model", "model.init=checkpoint")
            #expect(mistake.status == 2 && mistake.talk.contains("no checkpoint was trained on"), "\(mistake.talk)")
        }
    }

    @Test("an encoder-decoder learns from pairs, with a tokenizer that stands elsewhere, and writes")
    func pairs() throws {
        try Workplace.with { place in
            let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            try Folder.make(place.file("words"))
            try FileManager.default.copyItem(
                atPath: tests.appending(path: "TasksTests/Golden/pipelines/unigram.model").path,
                toPath: place.file("words/spiece.model"))
            try place.write(
                "{\"text\": \"the river\", \"target\": \"runs\"}\n{\"text\": \"a king\", \"target\": \"plays\"}\n",
                to: "pairs.jsonl")
            try place.write(
                """
                name: tiny
                model:
                  config: {model_type: t5, d_model: 16, d_kv: 8, d_ff: 32, num_layers: 1, num_heads: 2, pad_token_id: 3}
                  tokenizer: words
                  init: random
                task: {task_type: SEQ_2_SEQ_LM, predict_with_generate: true}
                data: {format: jsonl, train: pairs.jsonl, eval: pairs.jsonl, target_field: target}
                peft: {peft_type: FULL}
                train: {max_steps: 2}
                generation: {max_new_tokens: 4}

                """, to: "tiny.yaml")
            let plan = try place.succeed("plan", "tiny.yaml").out
            #expect(plan.contains("in each scoring 2 texts written, at most 8 tokens"), "\(plan)")
            try place.succeed("run", "tiny.yaml")
            let run = try place.runFolder()
            #expect(
                try place.json("\(run)/model/config.json")["architectures"]?.elements?.first?.string
                    == "T5ForConditionalGeneration")
            let out = try place.succeed("generate", run, "--prompt", "the river").out
            #expect(
                try place.succeed("generate", "\(run)/model", "--prompt", "the river", "max_new_tokens=4").out == out)
        }
    }

    @Test(
        "an encoder learns the tokens that are hidden from it, others in every epoch, and the same ones when repeated")
    func encoder() throws {
        try Workplace.with { place in
            try place.write(
                String(repeating: "the cat sat on the mat. a dog ran to the cat.\n", count: 12), to: "text.txt")
            try place.write(Self.manifest, to: "tiny.yaml")
            try place.edit(
                "tiny.yaml",
                [
                    "{model_type: gpt2, n_layer: 2, n_head: 2, n_embd: 16, n_positions: 32}":
                        "{model_type: bert, num_hidden_layers: 2, num_attention_heads: 2, hidden_size: 16, intermediate_size: 32, "
                        + "max_position_embeddings: 32, type_vocab_size: 2}",
                    "CAUSAL_LM, max_seq_length: 16": "MASKED_LM, max_seq_length: 16, mlm_probability: 0.3",
                ])
            try place.succeed("run", "tiny.yaml", "--threads", "1")
            let run = try place.runFolder()
            let losses = try place.jsonLines("\(run)/metrics.jsonl").compactMap { $0["loss"]?.number }
            #expect(try #require(losses.last) < #require(losses.first) * 0.8)
            #expect(Set(losses).count == losses.count)
            let config = try place.json("\(run)/model/config.json")
            #expect(config["architectures"]?.elements?.first?.string == "BertForMaskedLM")
            try place.succeed("run", "tiny.yaml", "--results", "again", "--threads", "2")
            let weights = "model/model.safetensors"
            #expect(try place.data("\(place.runFolder(in: "again"))/\(weights)") == place.data("\(run)/\(weights)"))
            let labelled = try place.run("validate", "tiny.yaml", "task.mlm_probability=null")
            #expect(
                labelled.status == 2 && labelled.talk.contains("plain documents have no labels"), "\(labelled.talk)")
        }
    }

    @Test("the same seed draws the same weights, another seed others")
    func isDrawnByItsSeed() throws {
        try Workplace.with { place in
            let run = try trained(in: place)
            let weights = try place.data("\(run)/model/model.safetensors")
            try place.succeed("run", "tiny.yaml", "--results", "again")
            #expect(try place.data("\(place.runFolder(in: "again"))/model/model.safetensors") == weights)
            try place.succeed("run", "tiny.yaml", "--results", "other", "seed=8")
            #expect(try place.data("\(place.runFolder(in: "other"))/model/model.safetensors") != weights)
        }
    }

    @Test(
        "what cannot be is refused at its key",
        arguments: [
            ("init: random", "init: checkpoint", "tiny.yaml:4:", "add 'init: random'"),
            ("peft_type: FULL", "peft_type: LORA", "tiny.yaml:6:", "most weights would stay random"),
            ("  tokenizer: model\n", "", "tiny.yaml:4:", "model.tokenizer"),
            ("tokenizer: model", "tokenizer: nowhere", "tiny.yaml:5:", "there is no folder"),
            ("tokenizer: model", "path: model", "tiny.yaml:4:", "leave one of them out"),
            ("model_type: gpt2", "model_type: gpt3", "tiny.yaml:4:", "'gpt3', which is not supported"),
            ("n_head: 2", "n_head: 3", "tiny.yaml:4:", "not a multiple of 'n_head'"),
            (
                "n_head: 2", "n_head: 2, resid_dropp: 0.1", "tiny.yaml:4:",
                "a model of type 'gpt2' does not read 'resid_dropp'; did you mean 'resid_pdrop'?"
            ),
            ("n_embd: 16", "n_embd: many", "tiny.yaml:4:", "'n_embd' must be a whole number"),
            (
                "config: {model_type: gpt2, n_layer: 2, n_head: 2, n_embd: 16, n_positions: 32}", "config: none.json",
                "tiny.yaml:4:", "there is no file"
            ),
        ])
    func mistakes(old: String, new: String, place line: String, message: String) throws {
        try Workplace.with { place in
            try place.write("the cat sat.\n", to: "text.txt")
            try place.write(Self.manifest, to: "tiny.yaml")
            try place.edit("tiny.yaml", [old: new])
            let ending = try place.run("validate", "tiny.yaml")
            #expect(ending.status == 2 && ending.talk.contains(line), "\(ending.talk)")
            #expect(ending.talk.contains(message), "\(ending.talk)")
        }
    }
}
