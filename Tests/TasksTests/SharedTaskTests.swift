import Foundation
import NN
import Testing

@testable import Tasks

/// Every task on a public data set; `PEFTEXP_SHARED` names the folder that holds `data`.
@Suite("Real data as features", .enabled(if: ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] != nil))
struct SharedTaskTests {
    let data = (ProcessInfo.processInfo.environment["PEFTEXP_SHARED"] ?? "") + "/data"

    private func file(_ path: String, _ settings: String) throws -> DataFile {
        DataFile(path: "\(data)/\(path)", format: try format(settings))
    }

    private var preparation: Preparation {
        Preparation(tokenizer: TokenizerFolder("\(data)/tokenizers/bert-base-uncased"), cache: nil)
    }

    @Test func sentences() throws {
        let task = TextClassification(TextClassification.Settings())
        let training = try task.trainingData(file("sst2/train.tsv", "tsv"), preparation)
        #expect(training.labels.names == ["0", "1"])
        #expect(training.features.count == 6920)
        #expect(training.truncatedCount == 0)
        #expect(
            try task.evaluationSet(file("sst2/dev.tsv", "tsv"), labels: training.labels, preparation).data.exampleCount
                == 872)
    }

    @Test func entities() throws {
        let task = TokenClassification(TokenClassification.Settings())
        let training = try task.trainingData(file("wnut17/wnut17train.conll", "conll, separator: tab"), preparation)
        #expect(training.labels.names.count == 13)
        let words = try file("wnut17/emerging.dev.conll", "conll, separator: tab")
        let set = try task.evaluationSet(words, labels: training.labels, preparation)
        #expect(set.data.exampleCount == 1009)
    }

    @Test func choices() throws {
        let copa = try file(
            "fewglue/COPA/val.jsonl", "jsonl, text_template: '{premise} {question}', choices_field: [choice1, choice2]")
        let training = try MultipleChoice(MultipleChoice.Settings()).trainingData(copa, preparation)
        #expect(training.features.allSatisfy { $0.breaks.count == 1 })
    }

    @Test func documents() throws {
        let task = CausalLanguage(CausalLanguage.Settings())
        let training = try task.trainingData(file("text/wikitext2-valid.txt", "text"), preparation)
        #expect(training.longestSequence == 1024)
        #expect(training.features.dropLast().allSatisfy { $0.label.tokens.count == 1023 })
    }

    @Test func clozes() throws {
        var settings = MaskedLanguage.Settings()
        settings.template = "[P] {text} and {text_pair} [P] [MASK]"
        settings.verbalizer = ["true": "yes", "false": "no"]
        let task = MaskedLanguage(settings)
        let boolq = try file("fewglue/BoolQ/train.jsonl", "jsonl, text_field: question, text_pair_field: passage")
        let training = try task.trainingData(boolq, preparation)
        #expect(training.exampleCount == 32)
        #expect(training.truncatedCount > 0)
        #expect(training.longestSequence == 128)
    }
}
