import Autograd
import NN
import Tensors
import Testing
import Tuners

@Suite("Prompt tuning")
struct PromptTuningTests {
    private static let table = "prompt_encoder.embedding.weight"

    @Test("what PEFT saved is written and read alike", arguments: ["prompt", "prompt-gpt2"])
    func exchange(name: String) throws {
        let saved = try SavedAdapter(name)
        let (backbone, task) = name == "prompt" ? ("tiny-bert", "SEQ_CLS") : ("tiny-gpt2", "CAUSAL_LM")
        let method = try tuner("{peft_type: PROMPT_TUNING, num_virtual_tokens: 5}")
        let trained = try PromptedModel([method], backbone: backbone, task: task, values: saved.parameters)
        try saved.expectEqual(try #require(method.exported(from: trained.graph)))

        var settings = PromptTuning.Settings()
        settings.virtualTokenCount = 5
        settings.start = .text
        let read = try PromptTuning.imported(settings, saved.tensors)
        #expect(Set(read.values.keys) == Set(saved.parameters.keys))
        for (path, value) in saved.parameters { #expect(read.values[path] == value, "\(path)") }
        #expect(read.tuner.contradictions.isEmpty)
    }

    @Test("an adapter without virtual tokens, or with another number of them, is refused")
    func wrongAdapters() throws {
        let settings = PromptTuning.Settings()
        #expect(throws: AttachmentError.self) { try PromptTuning.imported(settings, [:]) }
        let error = #expect(throws: AttachmentError.self) {
            try PromptTuning.imported(settings, ["prompt_embeddings": .zeros([5, 32])])
        }
        #expect(error?.key == "num_virtual_tokens")
    }

    @Test("starts from normal deviates, and trains nothing of the backbone")
    func noise() throws {
        let tuned = try PromptedModel([try tuner("{peft_type: PROMPT_TUNING, num_virtual_tokens: 100}")])
        #expect(tuned.graph.trained.filter { $0.owner != .head }.map(\.path) == [Self.table])
        let values = try tuned.parameter(Self.table).variable.value.array.map(Double.init)
        #expect(abs(values.reduce(0, +) / Double(values.count)) < 0.05)
        #expect(abs(values.reduce(0) { $0 + $1 * $1 } / Double(values.count) - 1) < 0.1)
    }

    @Test("starts from words of the vocabulary, drawn with the seed")
    func vocabulary() throws {
        let method = try tuner("{peft_type: PROMPT_TUNING, num_virtual_tokens: 20, prompt_tuning_init: SAMPLE_VOCAB}")
        func start(_ seed: UInt64) throws -> Tensor {
            try PromptedModel([method], seed: seed).parameter(Self.table).variable.value
        }
        let (first, again, other) = (try start(1), try start(1), try start(2))
        #expect(first == again && first != other)
        let tuned = try PromptedModel([method])
        let words = try #require(tuned.graph.wordEmbeddings).variable.value
        let known = Set((0..<words.shape.rows).map { words.rows($0..<$0 + 1).array })
        let rows = (0..<20).map { first.rows($0..<$0 + 1).array }
        #expect(rows.allSatisfy(known.contains))
        #expect(Set(rows).count > 5)
    }

    @Test("starts from a text, repeated or cut", arguments: [(2, [5, 9]), (5, [5, 9, 12, 5, 9])])
    func text(length: Int, tokens: [Int32]) throws {
        let method = try tuner(
            "{peft_type: PROMPT_TUNING, num_virtual_tokens: \(length), prompt_tuning_init: TEXT, prompt_tuning_init_text: 5 9 12}"
        )
        let tuned = try PromptedModel([method])
        try method.start(tuned.graph, from: NumberReader())
        let words = try #require(tuned.graph.wordEmbeddings).variable.value
        #expect(try tuned.parameter(Self.table).variable.value == Kernels.gather(words, tokens))
        // PEFT has to be able to load it without the text.
        let config = try #require(method.exported(from: tuned.graph)).config
        #expect(config["prompt_tuning_init"] == "RANDOM" && config["tokenizer_name_or_path"] == .null)
    }

    @Test(
        "a text without tokens, or with one that the model does not know, is refused", arguments: ["' '", "'3 4000'"])
    func badText(text: String) throws {
        let method = try tuner(
            "{peft_type: PROMPT_TUNING, prompt_tuning_init: TEXT, prompt_tuning_init_text: \(text)}")
        let tuned = try PromptedModel([method])
        let error = #expect(throws: AttachmentError.self) { try method.start(tuned.graph, from: NumberReader()) }
        #expect(error?.key == "prompt_tuning_init_text")
    }

    @Test(
        "settings that contradict one another are told",
        arguments: [
            ("prompt_tuning_init: TEXT", "prompt_tuning_init"),
            ("prompt_tuning_init_text: hello", "prompt_tuning_init_text"),
            ("{prompt_tuning_init: SAMPLE_VOCAB, prompt_tuning_init_text: hello}", "prompt_tuning_init_text"),
        ])
    func contradictions(text: String, key: String) throws {
        let inner = text.hasPrefix("{") ? String(text.dropFirst().dropLast()) : text
        #expect(try tuner("{peft_type: PROMPT_TUNING, \(inner)}").contradictions.map(\.key) == [key])
    }

    @Test("heads read real tokens only, and other sequences of the batch change nothing")
    func rows() throws {
        let method = try tuner("{peft_type: PROMPT_TUNING, num_virtual_tokens: 4}")
        let tuned = try PromptedModel([method], task: "TOKEN_CLS")
        let all = tuned.outputs()
        #expect(all.shape == [14, 3])
        var row = 0
        for feature in PromptedModel.features {
            let alone = tuned.outputs(Batch([feature]))
            #expect(alone.shape.rows == feature.inputIDs.count)
            #expect(isClose(alone, all.rows(row..<row + alone.shape.rows), 1e-5))
            row += alone.shape.rows
        }
    }

    @Test("a prompt of words computes what those words compute")
    func sameAsWords() throws {
        let method = try tuner(
            "{peft_type: PROMPT_TUNING, num_virtual_tokens: 3, prompt_tuning_init: TEXT, prompt_tuning_init_text: 5 9 12}"
        )
        let tuned = try PromptedModel([method], task: "TOKEN_CLS")
        try method.start(tuned.graph, from: NumberReader())
        let plain = try PromptedModel([], task: "TOKEN_CLS")
        let feature = PromptedModel.features[0]
        let longer = Feature(
            inputIDs: [5, 9, 12] + feature.inputIDs, tokenTypeIDs: [0, 0, 0] + feature.tokenTypeIDs)
        #expect(isClose(tuned.outputs(Batch([feature])), plain.outputs(Batch([longer])).rows(3..<8), 1e-5))
    }

    @Test("a second prompt is refused")
    func twoPrompts() throws {
        #expect(throws: AttachmentError.self) {
            try PromptedModel([try tuner("peft_type: PROMPT_TUNING"), try tuner("peft_type: P_TUNING")])
        }
    }

    @Test("announced products are those that are done", arguments: [false, true])
    func products(isTraining: Bool) throws {
        let tuned = try PromptedModel([try tuner("{peft_type: PROMPT_TUNING, num_virtual_tokens: 4}")])
        #expect(tuned.doesWhatIsAnnounced(isTraining: isTraining))
    }
}
