import NN
import Tensors
import Testing
import Tuners

@Suite("Starts of a prefix")
struct PrefixStartTests {
    private static let table = "prompt_encoder.embedding.weight"

    private func prefixes(_ tuned: PromptedModel) -> [Tensor] {
        ForwardPass(tuned.graph, mode: .evaluation).prefixes.flatMap { [$0.key.value, $0.value.value] }
    }

    @Test("zero, with and without a projection, and is told to PEFT", arguments: [false, true])
    func zero(projects: Bool) throws {
        let method = try tuner(
            "{peft_type: PREFIX_TUNING, num_virtual_tokens: 3, init_weights: zero, prefix_projection: \(projects)}")
        let tuned = try PromptedModel([method])
        let values = prefixes(tuned)
        #expect(values.count == 4 && values.allSatisfy { $0.array.allSatisfy { $0 == 0 } })
        // A projection starts at zero in its last map alone, so that gradients reach the others later.
        #expect(try tuned.parameter(Self.table).variable.value.array.contains { $0 != 0 } == projects)
        #expect(try #require(method.exported(from: tuned.graph)).config["init_weights"] == "zero")
        // It is no neutral start: keys of zero take their share of the attention.
        #expect(!isClose(tuned.outputs(), try PromptedModel([]).outputs(), 1e-4))
    }

    @Test("a text's keys and values, repeated or cut", arguments: [(2, [5, 9]), (5, [5, 9, 12, 5, 9])])
    func text(length: Int, tokens: [Int32]) throws {
        let method = try tuner("{peft_type: PREFIX_TUNING, num_virtual_tokens: \(length), init_text: 5 9 12}")
        let tuned = try PromptedModel([method])
        try method.start(tuned.graph, from: NumberReader())
        let expected = try NumberReader().keysAndValues(of: tokens).flatMap { [$0.key, $0.value] }
        #expect(prefixes(tuned) == expected)
        #expect(try #require(method.exported(from: tuned.graph)).config["init_weights"] == .null)
    }

    @Test("a text that the tokenizer makes nothing of is refused")
    func badText() throws {
        let method = try tuner("{peft_type: PREFIX_TUNING, init_text: ' '}")
        let tuned = try PromptedModel([method])
        let error = #expect(throws: AttachmentError.self) { try method.start(tuned.graph, from: NumberReader()) }
        #expect(error?.key == "init_text")
    }

    @Test(
        "one start at a time, and no text through a projection",
        arguments: [
            ("init_text: a, init_weights: zero", ["init_text"]),
            ("init_text: a, prefix_projection: true", ["init_text"]),
            ("init_weights: zero", []), ("encoder_hidden_size: 4", ["encoder_hidden_size"]),
        ])
    func contradictions(text: String, keys: [String]) throws {
        #expect(try tuner("{peft_type: PREFIX_TUNING, \(text)}").contradictions.map(\.key) == keys)
    }

    @Test(
        "what PEFT saved is read as a plain prefix that computes the same", arguments: ["prefix", "prefix-projection"])
    func read(name: String) throws {
        let saved = try SavedAdapter(name)
        let projects = name != "prefix"
        let method = try tuner(
            "{peft_type: PREFIX_TUNING, num_virtual_tokens: 5, prefix_projection: \(projects)\(projects ? ", encoder_hidden_size: 24" : "")}"
        )
        let trained = try PromptedModel([method], task: "QUESTION_ANS", values: saved.parameters)
        try saved.expectEqual(try #require(method.exported(from: trained.graph)))
        var settings = PrefixTuning.Settings()
        settings.virtualTokenCount = 5
        settings.projects = projects
        let adapter = try PrefixTuning.imported(settings, saved.tensors)
        let read = try PromptedModel([adapter.tuner], task: "QUESTION_ANS", values: adapter.values)
        #expect(Set(adapter.values.keys) == Set(read.graph.trained.map(\.path)))
        #expect(isClose(read.outputs(), trained.outputs(), 1e-5))
    }

    @Test("announced products are those that are done", arguments: [false, true])
    func products(projects: Bool) throws {
        let tuned = try PromptedModel([
            try tuner("{peft_type: PREFIX_TUNING, num_virtual_tokens: 3, prefix_projection: \(projects)}")
        ])
        #expect(tuned.doesWhatIsAnnounced(isTraining: false))
        #expect(tuned.doesWhatIsAnnounced(isTraining: true))
    }
}
