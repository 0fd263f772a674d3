import Testing
import YAML

@testable import Tasks

@Suite("Reading SQuAD's layout")
struct SQuADTests {
    @Test func questionsAreReadInTheirOrder() throws {
        let set = try SQuAD.read("\(Golden.folder)/squad.json")
        #expect(set.contexts.count == 4)
        #expect(set.questions.count == 17)
        #expect(set.questions[7].id == "q1-0")
        #expect(set.questions[7].context == 1)
        #expect(set.questions[7].answers == [Answer(text: "1958年", start: 11)])
        #expect(set.questions[6].answers.isEmpty)
    }

    @Test func theFirstQuestionsBringTheirContexts() throws {
        let set = try SQuAD.read("\(Golden.folder)/squad.json")
        #expect(set.first(7).contexts.count == 1)
        #expect(set.first(8).contexts.count == 2)
        #expect(set.first(8).questions == Array(set.questions.prefix(8)))
        #expect(set.first(0).contexts.isEmpty)
        #expect(set.first(1000).questions == set.questions)
    }

    static func file(_ qas: String) -> String {
        #"{"data": [{"paragraphs": [{"context": "One e\u0301 two one.", "qas": \#(qas)}]}]}"#
    }

    /// The `answers` of one question in the file above.
    static func file(answers: String) -> String {
        file(#"[{"id": "q", "question": "?", "answers": \#(answers)}]"#)
    }

    /// Files, and the error that each gives.
    static let broken = [
        ("{}", "1:1: error: the data set has no 'data'"),
        ("[1]", "1:1: error: the data set must be an object with 'data', not a list"),
        (#"{"data": 3}"#, "1:10: error: 'data' of the data set must be a list, not 3"),
        (#"{"data": []}"#, "1:10: error: the data set holds no question"),
        (#"{"data": [{"title": "a"}]}"#, "1:11: error: an article has no 'paragraphs'"),
        (#"{"data": [{"paragraphs": [{"qas": []}]}]}"#, "1:27: error: a paragraph has no 'context'"),
        (
            #"{"data": [{"paragraphs": [{"context": null, "qas": []}]}]}"#,
            "'context' of a paragraph must be a text, not null"
        ),
        (file("{}"), "error: 'qas' of a paragraph must be a list, not an object"),
        (file(#"[{"question": "?", "answers": []}]"#), "1:71: error: a question has no 'id'"),
        (file(#"[{"id": 7, "question": "?", "answers": []}]"#), "'id' of a question must be a text, not 7"),
        (file(#"[{"id": "q", "answers": []}]"#), "error: question 'q' has no 'question'"),
        (file(#"[{"id": "q", "question": "?"}]"#), "error: question 'q' has no 'answers'"),
        (
            file(#"[{"id": "q", "question": "?", "answers": []}, {"id": "q", "question": "?", "answers": []}]"#),
            "data.json:1:123: error: two questions have the id 'q'; the other one stands at data.json:1:78"
        ),
        (file(answers: #"[{"text": "One"}]"#), "error: an answer of question 'q' has no 'answer_start'"),
        (file(answers: #"[{"answer_start": 0}]"#), "error: an answer of question 'q' has no 'text'"),
        (file(answers: #"[{"text": "One", "answer_start": "0"}]"#), "must be a whole number, not a text"),
        (file(answers: #"[{"text": "One", "answer_start": 0.5}]"#), "must be a whole number, not 0.5"),
        (
            file(answers: #"[{"text": "", "answer_start": 0}]"#),
            "is empty; leave 'answers' empty where the context gives none"
        ),
        (
            file(answers: #"[{"text": "two", "answer_start": 6}]"#),
            "1:144: error: an answer of question 'q' is 'two' at answer_start 6, but ' tw' stands there; it stands at 7"
        ),
        (file(answers: #"[{"text": "One", "answer_start": -1}]"#), "but the context has 15 characters; it stands at 0"),
        (file(answers: #"[{"text": "one.", "answer_start": 14}]"#), "but '.' stands there; it stands at 11"),
        (file(answers: #"[{"text": "é", "answer_start": 4}]"#), "it stands nowhere in the context"),
        (
            file(answers: #"[{"text": "a", "answer_start": 99}, {"text": "b", "answer_start": 9223372036854775807}]"#),
            "but the context has 15 characters; it stands nowhere in the context; 1 more answer is misplaced in this file"
        ),
        (file(answers: "["), "error:"),
    ]

    @Test("What is wrong is said, and where", arguments: broken.indices)
    func refused(index: Int) throws {
        let (text, message) = Self.broken[index]
        try withFolder(["data.json": text]) { folder in
            let error = #expect(throws: DataError.self) { try SQuAD.read("\(folder)/data.json") }
            let description = error?.description.replacing("\(folder)/", with: "") ?? ""
            #expect(description.hasPrefix("data.json:1:") && description.contains(message), "\(description)")
        }
    }

    @Test func aMissingFileIsNamed() {
        let error = #expect(throws: DataError.self) { try SQuAD.read("nowhere/train.json") }
        #expect(error?.description.contains("cannot read 'nowhere/train.json': there is no such file") == true)
    }

    @Test func misplacedAnswersAreLeftOutAndNoted() throws {
        let answers = #"[{"text": "two", "answer_start": 1}, {"text": "one", "answer_start": 11}]"#
        let file = try SQuADFile(try JSONText.parse(Self.file(answers: answers), file: "data.json"))
        #expect(file.misplaced.count == 1)
        #expect(file.questions.questions.first?.answers == [Answer(text: "one", start: 11)])
    }
}
