import Configuration
import NN
import Tensors
import Testing
import YAML

@testable import Tasks

@Suite("Prompts with completions, from file to score")
struct PromptTests {
    private func task(_ change: (inout CausalLanguage.Settings) -> Void = { _ in }) -> CausalLanguage {
        var settings = CausalLanguage.Settings()
        settings.maxSequenceLength = 8
        change(&settings)
        return CausalLanguage(settings)
    }

    /// Two words and one; one and two; two prompts that are the same text.
    static let lines = """
        {"prompt": "the river", "completion": "play"}
        {"prompt": "play", "completion": "the river"}
        {"prompt": "the river", "completion": "river"}
        """

    private func withPrompts<Result>(
        _ lines: String = lines, _ settings: String = "jsonl, target_field: completion",
        _ body: (DataFile, Preparation) throws -> Result
    ) throws -> Result {
        try withTaskFile(lines) { file, preparation in
            try body(DataFile(path: file.path, format: try format(settings)), preparation)
        }
    }

    @Test("The completion and the end token are learned, each example by itself")
    func training() throws {
        try withPrompts { file, preparation in
            let data = try task().trainingData(file, preparation)
            #expect(data.features.map(\.inputIDs) == [[2, 5, 14, 12, 3], [2, 12, 5, 14, 3], [2, 5, 14, 14, 3]])
            #expect(
                data.features[0].label.tokens
                    == [TokenLabel(position: 2, target: 12), TokenLabel(position: 3, target: 3)])
            #expect(data.features[1].label.tokens.map(\.target) == [5, 14, 3])
            #expect(data.exampleCount == 3)
            let all = try task { $0.learnsCompletionOnly = false }.trainingData(file, preparation)
            #expect(all.features[0].label.tokens.map(\.target) == [5, 14, 12, 3])
        }
    }

    @Test("Too long a prompt loses its beginning, then the completion its end")
    func cut() throws {
        let lines = """
            {"prompt": "play the river the river the river", "completion": "play river"}
            {"prompt": "play river", "completion": "the river the river the river the"}
            {"prompt": "play", "completion": "the river the river the"}
            """
        try withPrompts(lines) { file, preparation in
            let data = try task().trainingData(file, preparation)
            #expect(data.features[0].inputIDs == [2, 5, 14, 5, 14, 12, 14, 3])
            #expect(data.features[1].inputIDs == [2, 5, 14, 5, 14, 5, 14, 5])
            #expect(data.features[1].label.tokens.map(\.target) == [5, 14, 5, 14, 5, 14, 5])
            #expect(data.features[2].inputIDs == [2, 12, 5, 14, 5, 14, 5, 3])
            #expect(data.truncatedCount == 2)
        }
    }

    @Test("A text for each prompt is scored beside the likelihood of its references")
    func generated() throws {
        try withPrompts { file, preparation in
            let task = task {
                $0.generated.generates = true
                $0.generated.groupsReferences = true
            }
            #expect(task.metrics.map(\.name).prefix(2) == ["bleu", "rouge1"])
            let set = try #require(
                try task.evaluationSet(file, labels: LabelSpace(), preparation) as? any GenerativeEvaluation)
            #expect(set.generates)
            #expect(set.prompts.map(\.inputIDs) == [[2, 5, 14], [2, 12]])
            #expect(set.prompts.allSatisfy { $0.label == nil })
            #expect(set.data.features.count == 3)
            let outputs = [Tensor([2, 1], [1, 3]), Tensor([3, 1], repeating: 4), Tensor([2, 1], repeating: 2)]
            let evaluation = set.score(outputs, generated: [[14], [5]])
            let values = Dictionary(uniqueKeysWithValues: evaluation.metrics.map { ($0.name, $0.value) })
            #expect(values["exact_match"] == 0.5)
            #expect(values["loss"] == 20.0 / 7)
            // One word of one, and one of two.
            let rouge = 5.0 / 6
            #expect(abs((values["rouge1"] ?? 0) - rouge) < 1e-12)
            #expect(evaluation.predictions.count == 2)
            let line = evaluation.predictions[0]
            #expect(line["prompt"] == "the river")
            #expect(line["generated"] == "river")
            #expect(line["references"] == ["play", "river"])
            #expect(line["exact_match"] == .number(1))
            #expect(line["loss"] == .number(2))
            #expect(line["tokens"] == .integer(4))
            #expect(line["bleu_counts"] == .array([1, 1, 1, 0, 0, 0, 1, 0, 0, 0].map(JSON.integer)))
            #expect(evaluation.predictions[1]["rouge1"] == .number(2.0 / 3))
            // Without texts only the likelihoods are told.
            let likelihoods = try set.score(outputs)
            #expect(likelihoods.metrics.map(\.name) == ["perplexity", "loss"])
            #expect(likelihoods.predictions[0] == ["loss": .number(2), "tokens": .integer(4)])
        }
    }

    @Test("Prompts are grouped only where that is asked for; a list of targets always is one example")
    func references() throws {
        func prompts(_ lines: String, groups: Bool) throws -> [Int] {
            try withPrompts(lines) { file, preparation in
                let task = task {
                    $0.generated.generates = true
                    $0.generated.groupsReferences = groups
                }
                let set = try task.evaluationSet(file, labels: LabelSpace(), preparation)
                return (set as? GeneratedEvaluation)?.texts.prompts.map(\.references.count) ?? []
            }
        }
        #expect(try prompts(Self.lines, groups: false) == [1, 1, 1])
        #expect(try prompts(Self.lines, groups: true) == [2, 1])
        let lists =
            #"{"prompt": "the", "completion": ["play", "river"]}"# + "\n" + #"{"prompt": "é", "completion": "x"}"#
        #expect(try prompts(lists, groups: false) == [2, 1])
        // Letters that only look alike are not equal.
        #expect(try prompts(lists + "\n" + #"{"prompt": "e\u0301", "completion": "x"}"#, groups: true) == [2, 1, 1])
    }

    @Test func likelihoodOfInputs() throws {
        let lines = """
            {"prompt": "the river", "completion": ["play", "river"]}
            {"text": "play", "target": "the river"}
            """
        try withTaskFile(lines, as: FormatEntry(PredictionInputs.self)) { file, preparation in
            let set = try task().predictionSet(file, labels: LabelSpace(), preparation)
            let lines = try set.predictions(
                [Tensor([2, 1], repeating: 1), Tensor([2, 1], repeating: 3), Tensor([3, 1], repeating: 8)],
                includesLogits: false)
            #expect(
                lines == [["loss": .number(2), "tokens": .integer(4)], ["loss": .number(8), "tokens": .integer(3)]])
        }
        try withTaskFile(#"{"prompt": "the river"}"#, as: FormatEntry(PredictionInputs.self)) { file, preparation in
            let error = #expect(throws: DataError.self) {
                try task().predictionSet(file, labels: LabelSpace(), preparation)
            }
            #expect(error?.message == "there is no completion, so no likelihood")
            let prompts = try task().prompts(file, preparation)
            #expect(prompts.data.features.map(\.inputIDs) == [[2, 5, 14]])
            #expect(prompts.texts == ["the river"])
        }
        try withTaskFile(#"{"text": "the river"}"#, as: FormatEntry(PredictionInputs.self)) { file, preparation in
            let prompts = try task().prompts(file, preparation)
            #expect(prompts.data.features.map(\.inputIDs) == [[2, 5, 14]])
        }
    }

    @Test(
        "Columns, fields and templates",
        arguments: [
            ("csv, text_column: mr, target_column: ref", "mr,ref\na,b\n"),
            ("csv, text_template: '{mr}', target_template: '{ref}'", "ref,mr\nb,a\n"),
            ("csv, text_column: mr, target_template: '{target}'", "mr,target\na,b\n"),
            ("tsv, target_column: 2", "a\tb\n"), ("tsv, text_column: 2, target_column: 1", "b\ta\n"),
            ("jsonl, text_field: input, target_field: target", #"{"input": "a", "target": "b"}"#),
            ("jsonl, target_field: completion", #"{"prompt": "a", "completion": "b"}"#),
            ("jsonl, text_field: x.0, target_template: '{y.z}'", #"{"x": ["a"], "y": {"z": "b"}}"#),
        ])
    func formats(settings: String, text: String) throws {
        let set = try examples(text, settings, as: PromptExamples.self)
        #expect(set.examples.map(\.text) == ["a"])
        #expect(set.examples.map(\.targets) == [["b"]])
        let format = try format(settings)
        let kinds: [any DataRecords.Type] = [Documents.self, PromptExamples.self, ChatExamples.self]
        #expect(format.entry.kind(format.settings, kinds) == PromptExamples.self)
        #expect(format.entry.kind(format.settings, [TextExamples.self]) == TextExamples.self)
    }

    @Test(
        "Rows without a target are told",
        arguments: [
            (
                "jsonl, target_field: target", #"{"text": "a"}"#,
                "data:1:1: error: there is no field 'target' for data.target_field"
            ),
            ("jsonl, target_field: t", #"{"text": "a", "t": null}"#, "data:1:20: error: 't' must be a text, not null"),
            (
                "jsonl, target_field: t", #"{"text": "a", "t": ["b", {}]}"#,
                "data:1:26: error: an element of 't' must be a text"
            ),
            (
                "csv, target_column: ref", "text,reff\na,b\n",
                "data:1:1: error: there is no column 'ref' for data.target_column; did you mean 'reff'?"
            ),
            ("tsv, target_column: 3", "a\tb\n", "there is no column 3 for data.target_column"),
        ])
    func faults(settings: String, text: String, message: String) {
        let found = mistake(text.utf8, settings, as: PromptExamples.self)
        #expect(found.contains(message), "\(found)")
    }

    @Test func keysForOtherTasksAreRefused() throws {
        #expect(try contradictions("jsonl, target_field: t", for: TextExamples.self).count == 1)
        #expect(try contradictions("jsonl, target_field: t, label_field: l", for: PromptExamples.self).count == 1)
        #expect(try contradictions("jsonl, messages_field: m, text_field: l", for: ChatExamples.self).count == 1)
        #expect(
            try contradictions("csv, target_column: a, target_template: '{b}'", for: PromptExamples.self).count == 1)
        #expect(try contradictions("csv, target_column: a", for: PromptExamples.self).isEmpty)
    }

    @Test func settingsThatDoNotGoTogether() {
        func keys(_ kind: any DataRecords.Type, _ change: (inout CausalLanguage.Settings) -> Void) -> [String] {
            task(change).contradictions.map(\.key) + task(change).contradictions(for: kind).map(\.key)
        }
        #expect(keys(Documents.self) { $0.generated.generates = true } == ["predict_with_generate"])
        #expect(keys(PromptExamples.self) { $0.generated.generates = true } == [])
        #expect(keys(PromptExamples.self) { $0.generated.groupsReferences = true } == ["group_references"])
        #expect(keys(PromptExamples.self) { $0.generated.metrics = ["bleu"] } == ["metrics"])
        #expect(keys(PromptExamples.self) { $0.stride = 2 } == ["doc_stride"])
        #expect(keys(ChatExamples.self) { $0.learnsCompletionOnly = false } == ["completion_only_loss"])
        #expect(keys(PromptExamples.self) { $0.learnsAssistantOnly = false } == ["assistant_only_loss"])
        #expect(keys(Documents.self) { $0.chatTemplate = "x" } == ["chat_template"])
        #expect(keys(ChatExamples.self) { $0.chatTemplate = "{{ x | tojson }}" } == ["chat_template"])
        #expect(keys(Documents.self) { $0.generated.metrics = ["loss"] } == [])
    }
}
