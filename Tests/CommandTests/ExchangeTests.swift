import Files
import Foundation
import Testing
import YAML

/// Asking a trained model, and giving it to other programs.
@Suite("Predict and export")
struct ExchangeTests {
    private static let classification = """
        name: tiny
        seed: 7
        model: {path: model}
        task: {task_type: SEQ_CLS, max_seq_length: 20}
        data: {format: tsv, train: train.tsv, eval: train.tsv}
        peft: PEFT
        train: {max_steps: 3, per_device_train_batch_size: 2, learning_rate: 1.0e-2}

        """
    private static let examples = "a b c\tbad\nd e\tgood\nf g h i\tgood\nj\tbad\n"
    private static let inputs = "{\"text\": \"a b c\"}\n{\"text\": \"d e\", \"text_pair\": \"f\"}\n"

    /// A classifier trained with a method, and its run's folder.
    private func trained(_ peft: String, in place: Workplace) throws -> String {
        try place.write(Self.examples, to: "train.tsv")
        try place.write(Self.inputs, to: "inputs.jsonl")
        try place.write(Self.classification.replacing("PEFT", with: peft), to: "tiny.yaml")
        try place.succeed("run", "tiny.yaml")
        return try place.runFolder()
    }

    private func lines(_ text: String) throws -> [Node] {
        try text.split(separator: "\n").map { try JSONText.parse(String($0), file: "out") }
    }

    @Test("a run predicts label names with scores, and with --logits the raw values")
    func predict() throws {
        try Workplace.with { place in
            let run = try trained("{peft_type: LORA}", in: place)
            let plain = try lines(try place.succeed("predict", run, "--input", "inputs.jsonl").out)
            #expect(plain.count == 2)
            #expect(["bad", "good"].contains(try #require(plain[0]["label"]?.string)))
            #expect(plain[0]["logits"] == nil)
            let raw = try lines(try place.succeed("predict", run, "--input", "inputs.jsonl", "--logits").out)
            #expect(raw[0]["logits"]?.elements?.count == 2)
            #expect(
                try place.json("\(run)/adapter/labels.json")["names"]?.elements?.compactMap(\.string) == [
                    "bad", "good",
                ])
        }
    }

    @Test("where a classifier reads goes with its adapter, and is told of an adapter that does not say")
    func classifierPosition() throws {
        try Workplace.with { place in
            let run = try trained("{peft_type: PROMPT_TUNING, num_virtual_tokens: 4}", in: place)
            try place.edit("tiny.yaml", ["SEQ_CLS,": "SEQ_CLS, classifier_position: first_position,"])
            try place.succeed("run", "tiny.yaml", "--results", "first")
            let first = try place.runFolder(in: "first")
            let words = ["predict", "--model", "model", "--input", "inputs.jsonl", "--logits", "--adapter"]
            func logits(_ words: [String]) throws -> [[Double]] {
                try lines(try place.succeed(words).out).map { line in
                    try #require(line["logits"]?.elements).compactMap(\.number)
                }
            }
            let own = try logits(["predict", first, "--input", "inputs.jsonl", "--logits"])
            #expect(try logits(words + ["\(first)/adapter"]) == own)
            #expect(try logits(words + ["\(run)/adapter"]) != own)
            try place.succeed("export", first, "--format", "peft", "--output", "adapter")
            #expect(
                try place.succeed("export", run, "--format", "peft", "--output", "other").talk.contains(
                    "PEFT's answers differ"))
            // Training goes on from where the adapter's classifier reads.
            try place.succeed("validate", "tiny.yaml", "model.adapter=\(first)/adapter")
            let refused = try RunningProgram(place, ["validate", "tiny.yaml", "model.adapter=\(run)/adapter"]).wait()
            #expect(refused.status == 2 && refused.talk.contains("reads the first token"), "\(refused.talk)")
            for file in ["labels.json", "training_state.safetensors"] {
                try Folder.remove(place.file("adapter/\(file)"))
            }
            let bare = words + ["adapter", "task.max_seq_length=20"]
            let told = try place.succeed(bare)
            #expect(told.talk.contains("task.classifier_position=first_position"), "\(told.talk)")
            let goOn = ["plan", "tiny.yaml", "model.adapter=adapter"]
            #expect(try !place.succeed(goOn).out.contains("first real token"))
            #expect(
                try place.succeed(goOn + ["task.classifier_position=first_token"]).out.contains("first real token"))
            #expect(try !place.succeed(bare + ["task.classifier_position=first_token"]).talk.contains("note:"))
            let asked = bare + ["task.classifier_position=first_position"]
            #expect(try !place.succeed(asked).talk.contains("note:"))
            #expect(try logits(asked) == own)
        }
    }

    @Test(
        "an exported adapter predicts what its run predicts",
        arguments: [
            "{peft_type: LORA}", "{peft_type: PREFIX_TUNING, num_virtual_tokens: 4}",
            "{peft_type: PREFIX_TUNING, num_virtual_tokens: 4, prefix_projection: true}",
            "{peft_type: PROMPT_TUNING, num_virtual_tokens: 4}",
            "{peft_type: P_TUNING, num_virtual_tokens: 4, encoder_reparameterization_type: LSTM}", "{peft_type: IA3}",
            "{peft_type: ADALORA, init_r: 4, target_r: 2, total_step: 3}", "{peft_type: BOTTLENECK}",
            "{peft_type: BOTTLENECK, adapter_config: double_seq_bn, ln_before: true, reduction_factor: 4}",
        ])
    func adapter(peft: String) throws {
        try Workplace.with { place in
            let run = try trained(peft, in: place)
            let own = try lines(try place.succeed("predict", run, "--input", "inputs.jsonl", "--logits").out)
            try place.succeed("export", run, "--format", "peft", "--output", "adapter")
            // With the whole state, and from what PEFT itself would have.
            for isBare in [false, true] {
                if isBare { try Folder.remove(place.file("adapter/training_state.safetensors")) }
                let read = try lines(
                    try place.succeed(
                        "predict", "--model", "model", "--adapter", "adapter", "--input", "inputs.jsonl", "--logits",
                        "task.max_seq_length=20"
                    ).out)
                #expect(read.count == own.count)
                for (one, other) in zip(read, own) { expectSameLogits(one, other) }
            }
        }
    }

    @Test(
        "a merged checkpoint predicts what its run predicts, without an adapter",
        arguments: [
            "{peft_type: LORA}", "{peft_type: LORA, use_dora: true}", "{peft_type: IA3}", "{peft_type: FULL}",
            "{peft_type: BITFIT}", "[{peft_type: LORA, bias: none}, {peft_type: BITFIT}]",
        ])
    func merged(peft: String) throws {
        try Workplace.with { place in
            let run = try trained(peft, in: place)
            let own = try lines(try place.succeed("predict", run, "--input", "inputs.jsonl", "--logits").out)
            try place.succeed("export", run, "--format", "merged", "--output", "merged")
            let read = try lines(
                try place.succeed(
                    "predict", "--model", "merged", "--input", "inputs.jsonl", "--logits", "task.max_seq_length=20"
                ).out)
            for (one, other) in zip(read, own) { expectSameLogits(one, other) }
            #expect(read[0]["label"]?.string == own[0]["label"]?.string)
        }
    }

    private func expectSameLogits(_ one: Node, _ other: Node) {
        let (a, b) = (
            one["logits"]?.elements?.compactMap(\.number) ?? [], other["logits"]?.elements?.compactMap(\.number) ?? []
        )
        #expect(!a.isEmpty && a.count == b.count)
        #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 }, "\(a), \(b)")
    }

    @Test("training goes on from an adapter, with its method where the manifest names none")
    func goesOn() throws {
        try Workplace.with { place in
            let run = try trained("{peft_type: P_TUNING, num_virtual_tokens: 4}", in: place)
            try place.succeed("export", run, "--format", "peft", "--output", "adapter")
            try place.edit(
                "tiny.yaml",
                [
                    "peft: {peft_type: P_TUNING, num_virtual_tokens: 4}\n": "",
                    "{path: model}": "{path: model, adapter: adapter}",
                    "name: tiny": "name: more",
                ])
            let ending = try place.succeed("run", "tiny.yaml", "--json")
            let record = try JSONText.parse(ending.out, file: "out")
            #expect(record["method"]?.string == "P_TUNING" && record["status"]?.string == "finished")
            // The run says all of itself: the adapter may go, and it can be asked.
            try Folder.remove(place.file("adapter"))
            let more = "results/more/" + (try #require(record["run_id"]?.string))
            #expect(try lines(try place.succeed("predict", more, "--input", "inputs.jsonl").out).count == 2)
        }
    }

    @Test(
        "training goes on from what no other library has, where the manifest names the methods",
        arguments: ["{peft_type: BITFIT}", "[{peft_type: LORA}, {peft_type: BITFIT}]"])
    func goesOnWithoutPEFT(peft: String) throws {
        try Workplace.with { place in
            let run = try trained(peft, in: place)
            try place.edit(
                "tiny.yaml", ["{path: model}": "{path: model, adapter: \(run)/adapter}", "name: tiny": "name: more"])
            try place.succeed("run", "tiny.yaml")
            try place.edit("tiny.yaml", ["peft: \(peft)\n": ""])
            let ending = try place.run("run", "tiny.yaml")
            if !peft.contains("LORA") {
                #expect(ending.status == 2 && ending.talk.contains("name the methods in 'peft'"))
            }
        }
    }

    @Test("an adapter of several methods has files for other programs only where those have all of them")
    func halfAnAdapter() throws {
        try Workplace.with { place in
            let run = try trained("[{peft_type: LORA}, {peft_type: BITFIT}]", in: place)
            let files = try FileManager.default.contentsOfDirectory(atPath: place.file("\(run)/adapter")).sorted()
            #expect(files == ["labels.json", "training_state.safetensors"])
        }
    }

    @Test("what only the data can tell is wrong is told at the manifest's key")
    func foundInTheData() throws {
        try Workplace.with { place in
            try place.write("a\tbad\nb\tbad\n", to: "train.tsv")
            try place.write(Self.classification.replacing("PEFT", with: "{peft_type: LORA}"), to: "tiny.yaml")
            let label = try place.run("run", "tiny.yaml")
            #expect(label.status == 2 && label.talk.contains("tiny.yaml:5:"), "\(label.talk)")
            #expect(label.talk.contains("only the label 'bad'"), "\(label.talk)")
        }
    }

    @Test("an adapter for other labels is refused, and task.labels is not read where it would be ignored")
    func foreignLabels() throws {
        try Workplace.with { place in
            let run = try trained("{peft_type: LORA}", in: place)
            try place.write(Self.examples.replacing("good", with: "fine"), to: "train.tsv")
            try place.edit("tiny.yaml", ["{path: model}": "{path: model, adapter: \(run)/adapter}"])
            let labels = try place.run("run", "tiny.yaml")
            #expect(
                labels.status == 2 && labels.talk.contains("tiny.yaml:3:")
                    && labels.talk.contains("trained for the labels bad, good, the data has bad, fine"))
            let ignored = try place.run(
                "predict", "--model", "model", "--adapter", "\(run)/adapter", "--input", "inputs.jsonl",
                "task.labels=[x, y]")
            #expect(ignored.status == 1 && ignored.talk.contains("'task.labels' is not read here"))
            let template = try place.run(
                "predict", "--model", "model", "--input", "inputs.jsonl", "task.task_type=MASKED_LM",
                "task.template='[P] {text} [MASK]'")
            #expect(template.status == 1, "\(template.talk)")
        }
    }

    @Test("full fine-tuning with a method above it can be merged")
    func mergedList() throws {
        try Workplace.with { place in
            let run = try trained("[{peft_type: FULL}, {peft_type: LORA}]", in: place)
            let own = try lines(try place.succeed("predict", run, "--input", "inputs.jsonl", "--logits").out)
            try place.succeed("export", run, "--format", "merged", "--output", "merged")
            let read = try lines(
                try place.succeed(
                    "predict", "--model", "merged", "--input", "inputs.jsonl", "--logits", "task.task_type=SEQ_CLS",
                    "task.max_seq_length=20"
                ).out)
            for (one, other) in zip(read, own) { expectSameLogits(one, other) }
        }
    }

    @Test("what cannot be exported or asked is refused with a sentence")
    func refusals() throws {
        try Workplace.with { place in
            let run = try trained("{peft_type: PROMPT_TUNING, num_virtual_tokens: 4}", in: place)
            let merged = try place.run("export", run, "--format", "merged")
            #expect(merged.status == 1 && merged.talk.contains("PROMPT_TUNING cannot be merged"))
            let format = try place.run("export", run, "--format", "pef")
            #expect(format.status == 2 && format.talk.contains("did you mean 'peft'?"))
            let input = try place.run("predict", run, "--input", "nothing.jsonl")
            #expect(input.status == 2 && input.talk.contains("there is no file 'nothing.jsonl'"))
            try place.write("{\"text\": \"a\"}\n{\"txt\": \"b\"}\n", to: "wrong.jsonl")
            let field = try place.run("predict", run, "--input", "wrong.jsonl")
            #expect(field.status == 1 && field.talk.contains("wrong.jsonl:2:"), "\(field.talk)")
        }
    }

    @Test("an adapter made for another width, task or method is refused at its key, before anything starts")
    func foreignAdapters() throws {
        try Workplace.with { place in
            let run = try trained("{peft_type: LORA, r: 4}", in: place)
            try place.edit(
                "tiny.yaml",
                [
                    "{path: model}": "{path: model, adapter: \(run)/adapter}",
                    "{peft_type: LORA, r: 4}": "{peft_type: LORA, r: 8}",
                ])
            let width = try place.run("run", "tiny.yaml")
            #expect(width.status == 2 && width.talk.contains("tiny.yaml:3:"), "\(width.talk)")
            #expect(width.talk.contains("has the shape [4, 32], this model needs [8, 32]"), "\(width.talk)")
            try place.edit("tiny.yaml", ["{peft_type: LORA, r: 8}": "{peft_type: IA3}"])
            let method = try place.run("run", "tiny.yaml")
            #expect(method.status == 2 && method.talk.contains("does it belong to another method?"), "\(method.talk)")
        }
    }
}
