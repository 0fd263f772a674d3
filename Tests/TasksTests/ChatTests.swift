import Configuration
import Foundation
import NN
import Tensors
import Testing
import YAML

@testable import Tasks

@Suite("Chats, from file to score")
struct ChatTests {
    /// `token` opens what a user says, `play` what the assistant says, `[SEP]` ends the latter.
    static let template = """
        {% for m in messages %}{% if m.role == 'user' %}token {{ m.content }} {% else %}play {{ m.content }}[SEP]{% endif %}{% endfor %}\
        {% if add_generation_prompt %}play{% endif %}
        """

    static let marked = """
        {% for m in messages %}{% if m.role == 'user' %}token {{ m.content }} {% else %}play {% generation %}{{ m.content }}{% endgeneration %}\
        [SEP]{% endif %}{% endfor %}{% if add_generation_prompt %}play{% endif %}
        """

    /// `token the play river the[SEP]token river play the[SEP]`, and one with a question behind the answer.
    static let lines = """
        {"messages": [{"role": "user", "content": "the"}, {"role": "assistant", "content": "river the"}, \
        {"role": "user", "content": "river"}, {"role": "assistant", "content": "the"}]}
        {"messages": [{"role": "user", "content": "the"}, {"role": "assistant", "content": "river"}, {"role": "user", "content": "play"}]}
        """

    private func task(_ change: (inout CausalLanguage.Settings) -> Void = { _ in }) -> CausalLanguage {
        var settings = CausalLanguage.Settings()
        settings.maxSequenceLength = 32
        settings.chatTemplate = Self.template
        change(&settings)
        return CausalLanguage(settings)
    }

    private func withChats<Result>(
        _ lines: String = lines, _ settings: String = "jsonl, messages_field: messages", files: [String: String] = [:],
        _ body: (DataFile, Preparation) throws -> Result
    ) throws -> Result {
        try withTaskFile(lines) { file, preparation in
            let folder = preparation.tokenizer.path
            for (name, text) in files { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
            return try body(DataFile(path: file.path, format: try format(settings)), preparation)
        }
    }

    @Test("Every turn of the assistant is learned, with what ends it")
    func training() throws {
        try withChats { file, preparation in
            let data = try task().trainingData(file, preparation)
            #expect(
                data.features.map(\.inputIDs) == [
                    [6, 5, 12, 14, 5, 3, 6, 14, 12, 5, 3], [6, 5, 12, 14, 3, 6, 12],
                ])
            #expect(
                data.features[0].label.tokens.map { [$0.position, $0.target] } == [
                    [2, 14], [3, 5], [4, 3], [8, 5], [9, 3],
                ])
            #expect(data.features[1].label.tokens.map(\.target) == [14, 3])
            let all = try task { $0.learnsAssistantOnly = false }.trainingData(file, preparation)
            #expect(all.features[0].label.tokens.map(\.target) == [5, 12, 14, 5, 3, 6, 14, 12, 5, 3])
            let marked = try task { $0.chatTemplate = Self.marked }.trainingData(file, preparation)
            #expect(marked.features[0].label.tokens.map(\.target) == [14, 5, 5])
        }
    }

    @Test("Too long a chat loses its end; where nothing is left to be learned, that is told")
    func cut() throws {
        try withChats { file, preparation in
            let data = try task { $0.maxSequenceLength = 9 }.trainingData(file, preparation)
            #expect(data.features[0].inputIDs == [6, 5, 12, 14, 5, 3, 6, 14, 12])
            #expect(data.features[0].label.tokens.map(\.target) == [14, 5, 3])
            #expect(data.truncatedCount == 1)
        }
        let long =
            #"{"messages": [{"role": "user", "content": "the the the the the the the the"}, {"role": "assistant", "content": "the"}]}"#
        try withChats(long) { file, preparation in
            let error = #expect(throws: DataError.self) {
                try task { $0.maxSequenceLength = 8 }.trainingData(file, preparation)
            }
            #expect(error?.message.contains("nothing that the assistant says is among the first 8 tokens") == true)
        }
    }

    @Test("The last answer is what is generated")
    func generated() throws {
        try withChats { file, preparation in
            let task = task { $0.generated.generates = true }
            let set = try #require(
                try task.evaluationSet(file, labels: LabelSpace(), preparation) as? any GenerativeEvaluation)
            #expect(set.prompts.map(\.inputIDs) == [[6, 5, 12, 14, 5, 3, 6, 14, 12], [6, 5, 12]])
            let evaluation = set.score(
                [Tensor([5, 1], repeating: 1), Tensor([2, 1], repeating: 1)], generated: [[5], []])
            #expect(evaluation.predictions.map { $0["exact_match"]?.number } == [1, 0])
            #expect(evaluation.predictions[0]["prompt"] == "token the play river the[SEP]token river play")
            #expect(evaluation.predictions[1]["references"] == ["river"])
            #expect(evaluation.predictions[1]["generated"] == "")
            #expect(task.metrics.map(\.name).contains("bleu"))
        }
        try withTaskFile(Self.lines, as: FormatEntry(PredictionInputs.self)) { file, preparation in
            #expect(try task().predictionSet(file, labels: LabelSpace(), preparation).data.features.count == 2)
            // Of a chat that ends in a question, what the assistant would say next.
            let prompts = try task().prompts(file, preparation)
            #expect(prompts.data.features[1].inputIDs == [6, 5, 12, 14, 3, 6, 12, 12])
            #expect(prompts.texts[0].hasSuffix("river play"))
        }
    }

    @Test("The template comes from the manifest, chat_template.jinja or tokenizer_config.json")
    func templates() throws {
        func first(_ files: [String: String], given: String? = nil) throws -> [Int32]? {
            try withChats(files: files) { file, preparation in
                try task { $0.chatTemplate = given }.trainingData(file, preparation).features.first?.inputIDs
            }
        }
        func configuration(_ template: String) -> String {
            #"{"bos_token": "the", "eos_token": {"content": "play"}, "chat_template": \#(template)}"#
        }
        let simple = #""{{ bos_token }}{% for m in messages %} {{ m.content }}{% endfor %} {{ eos_token }}""#
        let contents: [Int32] = [5, 14, 5, 14, 5]
        // Without marks and openings, the assistant's part is what follows the text so far.
        #expect(throws: DataError.self) { try first(["tokenizer_config.json": configuration(simple)]) }
        let open = simple.replacing(" {{ eos_token }}", with: "")
        #expect(try first(["tokenizer_config.json": configuration(open)]) == [5] + contents)
        let several = #"[{"name": "other", "template": "{{ x.y }}"}, {"name": "default", "template": \#(open)}]"#
        #expect(try first(["tokenizer_config.json": configuration(several)]) == [5] + contents)
        let file = "river{% for m in messages %} {{ m.content }}{% endfor %}\n"
        let both = ["tokenizer_config.json": configuration(open), "chat_template.jinja": file]
        #expect(try first(both) == [14] + contents)
        #expect(try first(both, given: "{% for m in messages %} {{ m.content }}{% endfor %}") == contents)
    }

    @Test(
        "What is wrong with a template is told where it stands",
        arguments: [
            (
                "tokenizer_config.json", #"{"chat_template": "a{{ x | tojson }}"}"#,
                ":1:19: error: the chat template, line 1, column 7: the filter 'tojson' is not"
            ),
            ("tokenizer_config.json", #"{"chat_template": 3}"#, ":1:19: error: 'chat_template' must be a text, not 3"),
            (
                "tokenizer_config.json", #"{"chat_template": [{"name": "x", "template": ""}]}"#,
                "none of the chat templates is called 'default'"
            ),
            (
                "chat_template.jinja", "a\n  {% macro x() %}",
                "chat_template.jinja:2:3: error: the statement 'macro' is not"
            ),
            ("tokenizer_config.json", "{}", "task.chat_template: '"),
        ])
    func badTemplates(name: String, text: String, message: String) throws {
        try withChats(files: [name: text]) { file, preparation in
            let error = #expect(throws: DataError.self) {
                try task { $0.chatTemplate = nil }.trainingData(file, preparation)
            }
            let text = error?.description ?? ""
            #expect(text.contains(message), "\(text)")
        }
    }

    @Test(
        "Chats that cannot be are told, or left out",
        arguments: [
            (#"{"messages": []}"#, "data:1:14: error: the chat has no message"),
            (#"{"messages": "hi"}"#, "data:1:14: error: a chat must be a list of messages, not a text"),
            (#"{"messages": [{"role": "user"}]}"#, "data:1:15: error: a message has no 'content'"),
            (
                #"{"messages": [{"role": "user", "content": null}]}"#,
                "data:1:43: error: 'content' of a message must be a text"
            ),
            (#"{"chat": []}"#, "data:1:1: error: there is no field 'messages' for data.messages_field"),
            (
                #"{"messages": [{"role": "user", "content": "the"}]}"#,
                "data:1:1: error: no message of the chat is of the role 'assistant'"
            ),
            (
                #"{"messages": [{"role": "tool", "content": "the"}, {"role": "assistant", "content": "the"}]}"#,
                "data:1:1: error: the chat template, line 1, column 52: the template refuses the chat: no tools"
            ),
        ])
    func badChats(line: String, message: String) throws {
        let strict = Self.template.replacing(
            "{% for m in messages %}",
            with: "{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('no tools') }}{% endif %}")
        let task = task { $0.chatTemplate = strict }
        try withChats(line + "\n" + Self.lines) { file, preparation in
            let error = #expect(throws: DataError.self) { try task.trainingData(file, preparation) }
            let text = short(error?.description ?? "")
            #expect(text.hasPrefix(message), "\(text)")
            let skipping = DataFile(
                path: file.path, format: try format("jsonl, messages_field: messages, on_error: skip"))
            let data = try task.trainingData(skipping, preparation)
            #expect(data.exampleCount == 2)
            #expect(data.skipped.count == 1)
        }
    }

    @Test("A template that writes a chat otherwise when it goes on is refused, unless it marks answers")
    func changing() throws {
        let changing = Self.marked.replacing("{% for", with: "{{ messages | length }} {% for")
        try withChats { file, preparation in
            let unmarked = changing.replacing("{% generation %}", with: "").replacing("{% endgeneration %}", with: "")
            let error = #expect(throws: DataError.self) {
                try task { $0.chatTemplate = unmarked }.trainingData(file, preparation)
            }
            #expect(error?.message.contains("mark it in the template with {% generation %}") == true)
            let data = try task { $0.chatTemplate = changing }.trainingData(file, preparation)
            #expect(data.features[0].label.tokens.map(\.target) == [14, 5, 5])
        }
    }
}
