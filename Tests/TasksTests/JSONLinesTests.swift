import Testing
import YAML

@testable import Tasks

@Suite("JSON lines")
struct JSONLinesTests {
    @Test(
        "Fields are chosen by name, with dots inside",
        arguments: [
            ("jsonl", #"{"text": "a", "label": "x"}"#, "a|-|x"),
            ("jsonl", #"{"text": "a", "label": null}"#, "a|-|-"),
            ("jsonl", #"{"text": "a", "label": true}"#, "a|-|true"),
            ("jsonl", #"{"text": "a", "label": -1.50}"#, "a|-|-1.50"),
            ("jsonl", #"{"text": "a", "label": ["x", 2]}"#, "a|-|x+2"),
            ("jsonl", #"{"text": 7}"#, "7|-|-"),
            (
                "jsonl, text_field: a.b, text_pair_field: c.1, label_field: d.e",
                #"{"a": {"b": "x"}, "c": ["y", "z"], "d": {"e": 1}}"#, "x|z|1"
            ),
            ("jsonl, text_field: a.b", #"{"a.b": "whole", "a": {"b": "x"}}"#, "whole|-|-"),
            (
                "jsonl, text_template: '{p} because {{h}} {h}', text_pair_template: '{q.r}'",
                #"{"p": "it \"was\"", "h": "é\u0301", "q": {"r": ""}}"#, "it \"was\" because {h} é\u{301}||-"
            ),
        ])
    func texts(settings: String, line: String, expected: String) throws {
        #expect(try contradictions(settings, for: TextExamples.self) == [])
        let set = try examples("\u{FEFF}\n\(line)\r\n \t\n\(line)", settings, as: TextExamples.self)
        #expect(set.examples.map(\.flat) == [expected, expected])
        #expect(set.examples.map(\.place) == [[2, 1], [4, 1]])
    }

    @Test("Words and tags are lists")
    func words() throws {
        let set = try examples(
            "{\"tokens\": [\"a\", \"b\"], \"tags\": [\"O\", 1]}\n{\"tokens\": [\"c\"]}\n", "jsonl",
            as: WordExamples.self)
        #expect(set.examples.map(\.words) == [["a", "b"], ["c"]])
        #expect(set.examples.map(\.tags) == [["O", "1"], nil])
        let named = try examples(
            #"{"x": {"w": ["a"]}, "t": ["B"]}"#, "jsonl, words_field: x.w, tags_field: t", as: WordExamples.self)
        #expect(named.examples.map(\.tags) == [["B"]])
    }

    @Test("Choices are a list, or several fields")
    func choices() throws {
        let list = try examples(
            #"{"context": "C", "choices": ["a", "b", "c"], "label": 2}"#, "jsonl", as: ChoiceExamples.self)
        #expect(list.examples.map(\.choices) == [["a", "b", "c"]])
        #expect(list.examples.map(\.label) == [2])
        let settings = "jsonl, text_template: '{premise} {question}?', choices_field: [choice1, choice2]"
        #expect(try contradictions(settings, for: ChoiceExamples.self) == [])
        let fields = try examples(
            #"{"premise": "P", "question": "why", "choice1": "a", "choice2": "b", "label": 1}"#, settings,
            as: ChoiceExamples.self)
        #expect(fields.examples.map(\.context) == ["P why?"])
        #expect(fields.examples.map(\.choices) == [["a", "b"]])
        #expect(fields.examples.map(\.label) == [1])
    }

    @Test("A line is a document where documents are wanted")
    func documents() throws {
        let set = try examples(
            #"{"input": "a", "target": "b"}"#, "jsonl, text_template: '{input} -> {target}'", as: Documents.self)
        #expect(set.documents.map(\.text) == ["a -> b"])
    }

    static let broken: [(String, String, any DataRecords.Type, String)] = [
        ("jsonl", "\n \n", TextExamples.self, "'data' holds no example"),
        (
            "jsonl", "{\"text\": \"a\"}\n{\"txt\": \"a\", \"b\": 1}", TextExamples.self,
            "data:2:1: error: there is no field 'text' for data.text_field; did you mean 'txt'?"
        ),
        (
            "jsonl, label_field: a.c", #"{"text": "a", "a": {"b": 1}}"#, TextExamples.self,
            "data:1:1: error: there is no field 'a.c' for data.label_field; the fields are text, a"
        ),
        ("jsonl", "[1]", TextExamples.self, "data:1:1: error: a line must be an object with fields, not a list"),
        ("jsonl", "\n{\"text\": null}", TextExamples.self, "data:2:10: error: 'text' must be a text, not null"),
        ("jsonl", "{\"text\": [1]}", TextExamples.self, "data:1:10: error: 'text' must be a text, not a list"),
        (
            "jsonl", "{\"text\": \"a\", \"label\": {}}", TextExamples.self,
            "data:1:24: error: 'label' must be a text, not an object"
        ),
        (
            "jsonl", "{\"text\": \"a\", \"label\": [null]}", TextExamples.self,
            "data:1:25: error: an element of 'label' must be a text, not null"
        ),
        ("jsonl", "\n\n{\"text\": }", TextExamples.self, "data:3:10: error: expected a value"),
        (
            "jsonl", "{\"text\": \"a\"} {", TextExamples.self,
            "data:1:15: error: the text goes on after the end of the value"
        ),
        ("jsonl", "{\"text\": \"a\", \"text\": \"a\"}", TextExamples.self, "data:1:15: error: duplicate key 'text'"),
        (
            "jsonl", #"{"tokens": ["a", "b"], "tags": ["O"]}"#, WordExamples.self,
            "data:1:32: error: 'tags' has 1 tags for 2 words"
        ),
        ("jsonl", #"{"tokens": "a b"}"#, WordExamples.self, "data:1:12: error: 'tokens' must be a list, not a text"),
        ("jsonl", #"{"tokens": []}"#, WordExamples.self, "data:1:1: error: 'tokens' holds no word"),
        (
            "jsonl", #"{"context": "", "choices": ["a"], "label": 0}"#, ChoiceExamples.self,
            "data:1:1: error: there must be two choices at least, not 1"
        ),
        (
            "jsonl", #"{"context": "", "choices": ["a", "b"], "label": "B"}"#, ChoiceExamples.self,
            "data:1:49: error: the label 'B' is none of the 2 choices, which it counts from 0"
        ),
    ]

    @Test("What is wrong is said, and where", arguments: broken.indices)
    func refused(index: Int) {
        let (settings, text, kind, message) = Self.broken[index]
        let found = mistake(text.utf8, settings, as: kind)
        #expect(found.hasPrefix(message), "\(found)")
    }

    @Test("Settings that do not go together")
    func settings() throws {
        #expect(
            try contradictions("jsonl, text_field: a, text_template: '}', label_field: x", for: TextExamples.self)
                == ["text_field: text_template is given; leave one out"])
        #expect(
            try contradictions("jsonl, text_template: '{a}}'", for: TextExamples.self)
                == ["text_template: '}' closes nothing in '{a}}'; write '}}' for a brace"])
        #expect(
            try contradictions("jsonl, text_template: '{}'", for: Documents.self)
                == ["text_template: '{' is followed by no field's name in '{}'; write '{{' for a brace"])
        #expect(
            try contradictions("jsonl, label_field: a, context_field: b", for: WordExamples.self).map { $0.prefix(20) }
                == ["label_field: it has ", "context_field: it ha"])
    }
}
