import Files
import Foundation
import Testing

/// Methods that cannot attach, and rows that cannot be read: refused before anything starts.
@Suite("Bad methods and rows")
struct BadMethodTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let change: KeyValuePairs<String, String>
        let message: String

        var testDescription: String { name }
    }

    private static let method = "peft_type: PREFIX_TUNING\n  num_virtual_tokens: 4"
    static let cases: [Case] = [
        Case(
            name: "a target that matches nothing",
            change: [method: "peft_type: LORA\n  target_modules: [query, valeu]"],
            message: "tiny.yaml:16:"),
        Case(
            name: "the nearest target is named", change: [method: "peft_type: LORA\n  target_modules: [query, valeu]"],
            message: "did you mean 'value'?"),
        Case(
            name: "a LLaMA-Adapter on an encoder", change: [method: "peft_type: ADAPTION_PROMPT"],
            message: "needs a decoder"),
        Case(
            name: "two prefixes",
            change: ["peft:\n  \(method)\n": "peft: [{peft_type: PREFIX_TUNING}, {peft_type: PREFIX_TUNING}]\n"],
            message: "a model can have one prefix only"),
        Case(
            name: "a language model on an encoder", change: ["task_type: QUESTION_ANS": "task_type: CAUSAL_LM"],
            message: "CAUSAL_LM"),
        Case(
            name: "a format that has no questions", change: ["format: squad": "format: conll"],
            message: "needs questions about contexts, which squad may hold"),
    ]

    @Test("a method that cannot attach", arguments: cases)
    func refused(test: Case) throws {
        try Workplace.with { place in
            try place.edit("tiny.yaml", test.change)
            let before = try place.inventory()
            let ending = try place.run("run", "tiny.yaml")
            #expect(ending.status == 2)
            #expect(ending.talk.contains(test.message), "\(ending.talk)")
            #expect(try place.inventory() == before, "nothing is written")
        }
    }

    private static let manifest = """
        name: rows
        model: {path: model}
        task: {task_type: SEQ_CLS, max_seq_length: 20}
        data: {format: tsv, train: train.tsv, eval: eval.tsv}
        peft: {peft_type: LORA}
        train: {max_steps: 1, per_device_train_batch_size: 2}

        """

    @Test("a position that a classifier would read without virtual tokens in front")
    func classifierPosition() throws {
        try Workplace.with { place in
            try place.write(
                Self.manifest.replacing("SEQ_CLS,", with: "SEQ_CLS, classifier_position: first_position,"),
                to: "rows.yaml")
            for name in ["train.tsv", "eval.tsv"] { try place.write("a b\tgood\nc d\tbad\n", to: name) }
            let ending = try place.run("run", "rows.yaml")
            #expect(ending.status == 2)
            #expect(
                ending.talk.contains("rows.yaml:3:") && ending.talk.contains("no virtual tokens stand in front"),
                "\(ending.talk)")
        }
    }

    @Test("a malformed row names its file, line and column; with on_error: skip it is left out and told")
    func rows() throws {
        try Workplace.with { place in
            try place.write(Self.manifest, to: "rows.yaml")
            try place.write("a b\tgood\nc d\tbad\n", to: "eval.tsv")
            try place.write("a b\tgood\nno label here\nc d\tbad\n", to: "train.tsv")
            let ending = try place.run("run", "rows.yaml")
            #expect(ending.status == 1)
            #expect(ending.talk.contains("train.tsv:2:"), "\(ending.talk)")
            let skipped = try place.succeed("run", "rows.yaml", "data.on_error=skip")
            #expect(skipped.talk.contains("train.tsv:2:"), "\(skipped.talk)")
        }
    }

    @Test("a label that training did not have is refused with the nearest known one")
    func unknownLabel() throws {
        try Workplace.with { place in
            try place.write(Self.manifest, to: "rows.yaml")
            try place.write("a b\tgood\nc d\tbad\n", to: "train.tsv")
            try place.write("a b\tgood\nc d\tbda\n", to: "eval.tsv")
            let ending = try place.run("run", "rows.yaml")
            #expect(ending.status == 1)
            #expect(ending.talk.contains("eval.tsv:2:") && ending.talk.contains("'bad'"), "\(ending.talk)")
        }
    }
}
