import Foundation
import Testing

@testable import Tasks

/// Public data sets that every format reads; `PEFTEXP_SHARED` names the folder that holds `data`.
@Suite("Real files in every format", .enabled(if: ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] != nil))
struct SharedFormatTests {
    let data = (ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] ?? "") + "/data"

    private func read<Records: DataRecords>(_ path: String, _ settings: String, _ kind: Records.Type) throws -> Records
    {
        #expect(try contradictions(settings, for: kind) == [])
        return try DataFile(path: "\(data)/\(path)", format: try format(settings)).read(kind, for: "TASK")
    }

    @Test("Sentences with labels", arguments: [("train", 6920), ("dev", 872), ("test", 1821)])
    func sst2(part: String, count: Int) throws {
        let set = try read("sst2/\(part).tsv", "tsv", TextExamples.self)
        #expect(set.count == count)
        #expect(Set(set.examples.map(\.label)) == [.one("0"), .one("1")])
    }

    @Test(
        "Named entities",
        arguments: [("wnut17train.conll", 3394), ("emerging.dev.conll", 1009), ("emerging.test.annotated", 1287)])
    func wnut17(file: String, count: Int) throws {
        let set = try read("wnut17/\(file)", "conll, separator: tab", WordExamples.self)
        #expect(set.count == count)
        let tags = set.examples.flatMap { $0.tags ?? [] }
        #expect(tags.allSatisfy { $0 == "O" || $0.hasPrefix("B-") || $0.hasPrefix("I-") })
        #expect(Set(tags).count == 13)
    }

    @Test(
        "SuperGLUE",
        arguments: [
            ("BoolQ", "text_field: question, text_pair_field: passage", 3270, ["false", "true"]),
            (
                "CB", "text_field: premise, text_pair_field: hypothesis", 56,
                ["contradiction", "entailment", "neutral"]
            ),
            ("RTE", "text_template: '{hypothesis}?', text_pair_field: premise", 277, ["entailment", "not_entailment"]),
            ("WiC", "text_template: '{word}: {sentence1}', text_pair_field: sentence2", 638, ["false", "true"]),
            ("WSC", "text_pair_template: '{target.span2_text} is {target.span1_text}'", 104, ["false", "true"]),
        ])
    func fewGLUE(task: String, settings: String, count: Int, labels: [String]) throws {
        for (part, count) in [("val", count), ("train", 32)] {
            let set = try read("fewglue/\(task)/\(part).jsonl", "jsonl, \(settings)", TextExamples.self)
            #expect(set.count == count)
            let found = Set(set.examples.compactMap(\.label))
            let known = Set(labels.map { RawLabel.one($0) })
            // The few of WSC are all true.
            #expect(part == "val" ? found == known : found.isSubset(of: known) && !found.isEmpty)
            #expect(set.examples.allSatisfy { $0.pair?.isEmpty == false })
        }
    }

    @Test func copa() throws {
        let settings = "jsonl, text_template: '{premise} {question}', choices_field: [choice1, choice2]"
        let set = try read("fewglue/COPA/val.jsonl", settings, ChoiceExamples.self)
        #expect(set.count == 100)
        #expect(Set(set.examples.map(\.label)) == [0, 1])
    }

    @Test func lama() throws {
        let set = try read(
            "lama/LAMA_relations.jsonl", "jsonl, text_field: template, label_field: relation", TextExamples.self)
        #expect(set.count == 46)
        #expect(set.examples.allSatisfy { $0.text.contains("[X]") })
    }

    @Test func e2e() throws {
        let train = try read("e2e/train.jsonl", "jsonl, text_template: '{input} = {target}'", Documents.self)
        #expect(train.count == 42_061)
        for (file, count) in [("devset", 4672), ("testset_w_refs", 4693)] {
            let set = try read("e2e/\(file).csv", "csv, text_template: '{mr} = {ref}'", Documents.self)
            #expect(set.count == count)
            #expect(set.documents.allSatisfy { $0.text.hasPrefix("name[") })
        }
    }

    @Test(
        "Texts",
        arguments: [
            ("tinyshakespeare.txt", "file", 1), ("wikitext2-valid.txt", "file", 1),
            ("tinyshakespeare.txt", "paragraphs", 7222),
            ("wikitext2-test.txt", "lines", 2891),
        ])
    func texts(file: String, unit: String, count: Int) throws {
        let set = try read("text/\(file)", "text, documents: \(unit)", Documents.self)
        #expect(set.count == count)
        if unit == "file" {
            #expect(try String(contentsOfFile: "\(data)/text/\(file)", encoding: .utf8) == set.documents.first?.text)
        }
    }

    @Test(arguments: [("squad/train.json", 9380), ("squad/eval.json", 1190), ("cmrc2018/trial.json", 1002 - 5)])
    func questions(file: String, count: Int) throws {
        let set = try read(file, "squad, on_error: skip", QuestionSet.self)
        #expect(set.count == count)
        #expect(set.skipped.count == (file.hasPrefix("cmrc") ? 5 : 0))
    }
}
