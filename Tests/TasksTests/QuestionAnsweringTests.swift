import Files
import Foundation
import NN
import Tensors
import Testing
import YAML

@testable import Tasks

@Suite("QUESTION_ANS from file to score")
struct QuestionAnsweringTests {
    /// A folder with the golden questions, the tokenizer and a cache of its own.
    private func withFiles(_ body: (DataFile, Preparation) throws -> Void) throws {
        let files = [
            "vocab.txt": try FileContents.text(at: "\(Golden.folder)/vocab.txt"),
            "squad.json": try FileContents.text(at: "\(Golden.folder)/squad.json"),
        ]
        try withFolder(files) { folder in
            let preparation = Preparation(
                tokenizer: TokenizerFolder(folder), cache: CacheDirectory(path: "\(folder)/cache"))
            try body(DataFile(path: "\(folder)/squad.json", format: FormatEntry(SQuAD.self)), preparation)
        }
    }

    /// The task with windows of 48 tokens that share 10.
    private func task(allowsNone: Bool = true) -> QuestionAnswering {
        var settings = QuestionAnswering.Settings()
        settings.maxSequenceLength = 48
        settings.stride = 10
        settings.allowsNone = allowsNone
        return QuestionAnswering(settings)
    }

    /// Logits that are great at the given token of each feature and small elsewhere.
    private func logits(_ features: [Feature], start: (Feature) -> Int, end: (Feature) -> Int) -> [Tensor] {
        features.map { feature in
            let length = feature.inputIDs.count
            var values = [Float](repeating: 0, count: 2 * length)
            values[2 * start(feature)] = 9
            values[2 * end(feature) + 1] = 9
            return Tensor([length, 2], values)
        }
    }

    @Test func trueLabelsScoreHigh() throws {
        try withFiles { file, preparation in
            let set = try task().evaluationSet(file, labels: LabelSpace(), preparation)
            #expect(set.data.exampleCount == 17)
            #expect(set.data.vocabularyCount == 581)
            #expect(set.data.longestSequence == 48)
            let spans = set.data.features.map { feature in
                if case .span(let start, let end) = feature.label { (start, end) } else { (0, 0) }
            }
            let peaks = zip(set.data.features, spans).map { feature, span in
                logits([feature], start: { _ in span.0 }, end: { _ in span.1 })[0]
            }
            let evaluation = try set.score(peaks)
            #expect(evaluation.metrics.first?.name == "f1")
            #expect(evaluation.metrics.first.map { $0.value > 60 } == true)
            #expect(evaluation.predictions.count == 17)
            #expect(evaluation.predictions[1]["prediction_text"] == .string("Zoë Weiß"))
            #expect(evaluation.predictions[1]["exact_match"] == .number(1))
            #expect(evaluation.predictions[1]["answers"] == .array([.string("Zoë Weiß"), .string("Weiß")]))
            #expect(evaluation.predictions[6]["prediction_text"] == .string(""))
            #expect(evaluation.predictions[6]["null_odds"] == .number(18))
            #expect(try set.score(peaks) == evaluation)
        }
    }

    @Test func nothingFoundIsSaidAsTheReferenceDoes() throws {
        try withFiles { file, preparation in
            var file = file
            file.limit = 6
            let set = try task(allowsNone: false).evaluationSet(file, labels: LabelSpace(), preparation)
            let evaluation = try set.score(
                logits(set.data.features, start: { $0.inputIDs.count - 2 }, end: { $0.inputIDs.count - 2 }))
            #expect(evaluation.metrics.map(\.name) == ["f1", "exact_match"])
            #expect(evaluation.predictions[0]["null_odds"] == nil)
        }
    }

    @Test func inputsWithoutAnswersArePredicted() throws {
        let lines =
            #"{"question": "Which token?", "context": "the river play", "id": 7}"# + "\n"
            + #"{"question": "the?", "context": "x"}"#
        try withTaskFile(lines, as: FormatEntry(PredictionInputs.self)) { file, preparation in
            let set = try task(allowsNone: false).predictionSet(file, labels: LabelSpace(), preparation)
            let features = set.data.features
            let peaks = logits(features, start: { $0.inputIDs.count - 3 }, end: { $0.inputIDs.count - 2 })
            let told = try set.predictions(peaks, includesLogits: true)
            #expect(told.map { $0["id"] } == ["7", "1"])
            #expect(told[0]["prediction_text"] == "river play")
            #expect(told[0]["start_logits"]?.elements.count == features[0].inputIDs.count)
            #expect(told[0]["end_logits"]?.elements.suffix(2) == [.number(9), .number(0)])
            #expect(told[0]["answers"] == nil)
            let (rest, peak) = (Double(features[0].inputIDs.count - 1), 8_103.083_927_575_384)
            let score = try #require(told[0]["score"]?.number)
            #expect(abs(score - (peak / (peak + rest)) * (peak / (peak + rest))) < 1e-9)
            #expect(try set.predictions(peaks, includesLogits: false)[0]["start_logits"] == nil)
        }
    }

    @Test func metricsAreChosen() throws {
        try withFiles { file, preparation in
            var settings = QuestionAnswering.Settings()
            (settings.allowsNone, settings.metrics) = (true, ["exact_match"])
            let set = try QuestionAnswering(settings).evaluationSet(file, labels: LabelSpace(), preparation)
            let zero = logits(set.data.features, start: { _ in 0 }, end: { _ in 0 })
            #expect(
                try set.score(zero).metrics.map(\.name) == ["exact_match", "HasAns_exact_match", "NoAns_exact_match"])
        }
    }

    @Test func theCacheGivesTheSameAndIsAskedFirst() throws {
        try withFiles { file, preparation in
            let first = try task().trainingData(file, preparation)
            let vocabulary = "\(preparation.tokenizer.path)/vocab.txt"
            let kept = try FileContents.text(at: vocabulary)
            #expect(try task().trainingData(file, preparation).features == first.features)
            #expect(try task().evaluationSet(file, labels: LabelSpace(), preparation).data.features == first.features)

            let cached = Preparation(tokenizer: preparation.tokenizer, cache: preparation.cache)
            let uncached = Preparation(tokenizer: preparation.tokenizer, cache: nil)
            #expect(try task().trainingData(file, uncached).features == first.features)
            try AtomicFile.write(kept.replacing("river\n", with: ""), to: vocabulary)
            #expect(try task().trainingData(file, cached).features != first.features, "another vocabulary")
        }
    }

    @Test func theLimitCountsQuestions() throws {
        try withFiles { file, preparation in
            let all = try task().trainingData(file, preparation)
            var some = file
            some.limit = 3
            let few = try task().trainingData(some, preparation)
            #expect(few.exampleCount == 3)
            #expect(few.features.count > 3)
            #expect(few.features == Array(all.features.prefix(few.features.count)))
        }
    }

    @Test func questionsWithoutAnswerMustBeAllowedWhereTheyAreScored() throws {
        try withFiles { file, preparation in
            let error = #expect(throws: DataError.self) {
                try task(allowsNone: false).evaluationSet(file, labels: LabelSpace(), preparation)
            }
            #expect(
                error?.description.contains("question 'q0-6' has no answer; set task.version_2_with_negative") == true)
            let training = try task(allowsNone: false).trainingData(file, preparation)
            #expect(training.exampleCount == 17)
        }
    }

    @Test func aFileThatChangesDuringTheRunIsAnError() throws {
        try withFiles { file, preparation in
            let set = try task().evaluationSet(file, labels: LabelSpace(), preparation)
            try AtomicFile.write(try FileContents.text(at: file.path) + "\n", to: file.path)
            let error = #expect(throws: DataError.self) {
                try set.score(logits(set.data.features, start: { _ in 0 }, end: { _ in 0 }))
            }
            #expect(error?.description.contains("has changed since the run began") == true)
        }
    }

    @Test("Prepared questions say what was left out, every time")
    func prepared() throws {
        let text = SQuADTests.file(
            #"[{"id": "p", "question": "?", "answers": [{"text": "x", "answer_start": 0}]}, "#
                + #"{"id": "q", "question": "?", "answers": [{"text": "two", "answer_start": 7}]}]"#)
        try withFiles { file, preparation in
            try Data(text.utf8).write(to: URL(filePath: file.path))
            let file = DataFile(path: file.path, format: try format("squad, on_error: skip"))
            for _ in 0..<2 {
                let set = try task().evaluationSet(file, labels: LabelSpace(), preparation)
                #expect(set.data.skipped.count == 1)
                #expect(set.data.exampleCount == 1)
            }
        }
    }

    /// Records that no task here learns from.
    private struct Sentences: DataRecords {
        static let kind = "sentences"
        var count: Int { 0 }
        var skipped = SkippedRows()
        func first(_ count: Int) -> Self { self }
    }

    private struct Lines: DataFormat {
        static let name = "lines"
        static let help = "One sentence per line."
        static let records: [any DataRecords.Type] = [Sentences.self]
        init(_ settings: NoFormatSettings) {}
        func read(
            _ path: String, as kind: any DataRecords.Type, _ faults: inout RowFaults
        ) throws(DataError) -> any DataRecords { Sentences() }
    }

    @Test func aFormatOfOtherRecordsIsRefused() throws {
        try withFiles { file, preparation in
            let lines = DataFile(path: file.path, format: FormatEntry(Lines.self))
            let error = #expect(throws: DataError.self) { try task().trainingData(lines, preparation) }
            #expect(
                error?.message == """
                    task type QUESTION_ANS needs questions about contexts, but files of the format 'lines' hold sentences; \
                    choose another data.format
                    """)
        }
    }
}

@Suite("What is kept of questions")
struct QuestionCacheTests {
    private func entry() throws -> QuestionCache.Entry {
        let set = try SQuAD.read("\(Golden.folder)/squad.json")
        let windows = try QuestionWindows(maxSequenceLength: 48, stride: 10).windows(of: set, goldenTokenizer())
        return QuestionCache.Entry(windows: windows, questionCount: set.questions.count, vocabularyCount: 580)
    }

    @Test func readsBackWhatWasWritten() throws {
        let entry = try entry()
        #expect(QuestionCache.decode(QuestionCache.encode(entry)) == entry)
    }

    @Test func whatIsCutShortOrChangedGivesNothingOrSomethingWhole() throws {
        let data = QuestionCache.encode(try entry())
        for count in stride(from: 0, to: data.count, by: 997) {
            #expect(QuestionCache.decode(data.prefix(count)) == nil)
        }
        for place in stride(from: 0, to: data.count, by: 13) {
            var changed = data
            changed[changed.startIndex + place] ^= 0xFF
            _ = QuestionCache.decode(changed)
        }
    }
}
