import Files
import Foundation
import Testing
import YAML

@testable import Tasks

/// Checks on public data sets, which are not part of the project: `PEFTEXP_SHARED` names the folder that holds `data`.
@Suite("Real data", .enabled(if: ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] != nil))
struct SharedDataTests {
    let data = (ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] ?? "") + "/data"

    private func json(_ path: String) throws -> Node { try Node.json(at: "\(data)/\(path)") }

    private func tokenizer(_ name: String) throws -> WordPieceTokenizer {
        try #require(try TokenizerFolder("\(data)/tokenizers/\(name)").tokenizer() as? WordPieceTokenizer)
    }

    private func ids(_ node: Node?) -> [Int32] { (node?.integers ?? []).compactMap { Int32(exactly: $0) } }

    @Test("BERT's own predictions get the scores that the official scripts gave them")
    func predictions() throws {
        for (version, name, expected) in [
            ("v1.1", "bert-ensemble", ["92.20", "86.21"]), ("v2.0", "bert-single", ["81.79", "78.76"]),
        ] {
            let set = try SQuAD.read("\(data)/squad/dev-\(version).json")
            var predictions: [String: String] = [:]
            for pair in try json("squad/predictions-\(version)-\(name).json").pairs {
                predictions[pair.key] = pair.value.string
            }
            let allowsNone = version == "v2.0"
            let scores = try set.questions.map { question in
                let accepted = question.answers.map(\.text)
                let prediction = try #require(predictions[question.id])
                return (AnswerScore(prediction, accepted: accepted, allowsNone: allowsNone), !accepted.isEmpty)
            }
            let metrics = QuestionScores(allowsNone: allowsNone).metrics(scores.map { (score: $0.0, hasAnswer: $0.1) })
            #expect(metrics.prefix(2).map { String(format: "%.2f", $0.value) } == expected)
        }
    }

    @Test("Every known vector of bert-base-uncased")
    func vectors() throws {
        let tokenizer = try tokenizer("bert-base-uncased")
        let layout = tokenizer.pairLayout
        for name in ["bert-base-uncased", "google-bert/bert-base-uncased"] {
            for node in try json("vectors/tokenizer_tests.json").list(name, of: "the vectors") {
                let text = try node.text("input", of: "a vector")
                let encoding = tokenizer.encode(text)
                #expect(layout.start + encoding.ids + layout.end == ids(node["encoded"]?["input_ids"]), "'\(text)'")
                let decoded = tokenizer.decode(layout.start + encoding.ids + layout.end)
                #expect(decoded.isSame(as: node["decoded_with_special"]?.string), "'\(text)'")
            }
        }
        let french = try json("vectors/bert_uncased_encoded.json")
        let encoding = tokenizer.encode(try french.text("text", of: "a vector"))
        #expect(layout.start + encoding.ids + layout.end == ids(french["token_ids"]))
        #expect(encoding.ids == (french["bpe_tokens"]?.elements ?? []).map { $0.string.flatMap(tokenizer.id) })
    }

    @Test("All 10,570 questions of the v1.1 development set, and their offsets")
    func questions() throws {
        let tokenizer = try tokenizer("bert-base-uncased")
        let expected = try #require(try json("vectors/tokenized_questions.json").elements)
        let pieces = try #require(try json("vectors/question_tokens.json").elements)
        let words = try #require(try json("vectors/basic_tokenized_questions.json").elements)
        let texts = try pieces.map { try $0.text("original", of: "a vector") }
        #expect(texts.count == 10_570 && expected.count == 10_570 && words.count == 10_570)
        for (place, encoding) in tokenizer.encode(texts).enumerated() {
            let tokens = (pieces[place]["wordpiece"]?.elements ?? []).compactMap(\.string)
            #expect(encoding.ids == ids(expected[place]), "\(texts[place])")
            #expect(encoding.ids == tokens.map(tokenizer.id))
            #expect(
                words[place].elements?.compactMap(\.string) == pieces[place]["basic"]?.elements?.compactMap(\.string))
            let slices = Self.slices(encoding, of: texts[place]).joined().lowercased()
            #expect(slices == texts[place].filter { !$0.isWhitespace }.lowercased(), "offsets slice the text")
            expectSlices(tokens, encoding, of: texts[place])
        }
    }

    /// The parts of `text` that the tokens stand for.
    private static func slices(_ encoding: Encoding, of text: String) -> [String] {
        let text = ScalarText(text)
        return encoding.ranges.map { text[Int($0.lowerBound)..<Int($0.upperBound)] }
    }

    /// Each piece is its slice of the text, lower-cased and without accents.
    private func expectSlices(_ tokens: [String], _ encoding: Encoding, of text: String) {
        for (token, slice) in zip(tokens, Self.slices(encoding, of: text)) where token != "[UNK]" {
            let piece = token.hasPrefix("##") && token.count > 2 ? String(token.dropFirst(2)) : token
            let plain = slice.unicodeScalars.flatMap { BertNormalizer().normalize($0) }.filter { $0.role != .space }
            #expect(plain.map(\.value) == piece.unicodeScalars.map(\.value), "'\(slice)' of '\(text)'")
        }
    }

    /// A text without what no token can stand for at its ends: white space and marks that are stripped.
    private static func trimmed(_ text: String) -> [Unicode.Scalar] {
        let isLost: (Unicode.Scalar) -> Bool = { BertNormalizer().normalize($0).allSatisfy { $0.role == .space } }
        let scalars = text.unicodeScalars.drop(while: isLost)
        return Array(scalars.reversed().drop(while: isLost).reversed())
    }

    @Test("Every aligned answer of CMRC 2018 maps to tokens and back to the same text")
    func chinese() throws {
        let tokenizer = try tokenizer("bert-base-chinese")
        let file = try SQuADFile(try json("cmrc2018/trial.json"))
        #expect(file.misplaced.count == 5)
        let contexts = tokenizer.encode(file.questions.contexts)
        var count = 0
        for question in file.questions.questions {
            let encoding = contexts[question.context]
            let text = ScalarText(file.questions.contexts[question.context])
            for answer in question.answers {
                let range = try #require(QuestionWindows.covered(answer.range, by: encoding.ranges))
                let span = try #require(QuestionWindows.span(of: range, in: encoding.ranges))
                let first = encoding.ranges[span.lowerBound].lowerBound
                let last = encoding.ranges[span.upperBound].upperBound
                let found = text[Int(first)..<Int(last)]
                #expect(Self.trimmed(found) == Self.trimmed(answer.text), "question \(question.id)")
                count += 1
            }
        }
        #expect(count >= 997)
    }
}
