import Configuration
import NN
import Tensors
import Testing
import YAML

@testable import Tasks

@Suite("CAUSAL_LM from file to score")
struct CausalLanguageTests {
    private func task(length: Int = 8, stride: Int = 0) -> CausalLanguage {
        var settings = CausalLanguage.Settings()
        settings.maxSequenceLength = length
        settings.stride = stride
        return CausalLanguage(settings)
    }

    /// As many tokens as the words, and one before and after each text.
    static let lines = """
        {"text": "the river the river the river"}
        {"text": "play the river"}
        """

    @Test func documentsAreJoined() throws {
        try withTaskFile(Self.lines) { file, preparation in
            let data = try task().trainingData(file, preparation)
            #expect(data.features.map(\.inputIDs) == [[2, 5, 14, 5, 14, 5, 14, 3], [2, 12, 5, 14, 3]])
            #expect(
                data.features[1].label.tokens
                    == [12, 5, 14, 3].enumerated().map {
                        TokenLabel(position: Int32($0.offset), target: $0.element)
                    })
            #expect(data.exampleCount == 2)
            #expect(try task(stride: 4).trainingData(file, preparation).features.count == 3)
            #expect(task(length: 8, stride: 8).contradictions.map(\.key) == ["doc_stride"])
        }
    }

    @Test func lossAndPerplexityAreOfAllTokens() throws {
        try withTaskFile(Self.lines) { file, preparation in
            let set = try task().evaluationSet(file, labels: LabelSpace(), preparation)
            let evaluation = try set.score([Tensor([7, 1], repeating: 1), Tensor([4, 1], repeating: 3)])
            #expect(evaluation.metrics.map(\.name) == ["perplexity", "loss"])
            #expect(evaluation.metrics.allSatisfy { !$0.isHigherBetter })
            #expect(evaluation.metrics[1].value == 19.0 / 11)
            #expect(
                evaluation.predictions == [
                    ["loss": .number(1), "tokens": .integer(7)], ["loss": .number(3), "tokens": .integer(4)],
                ])
        }
    }

    @Test func eachInputIsPredictedByItself() throws {
        try withTaskFile(Self.lines, as: FormatEntry(PredictionInputs.self)) { file, preparation in
            let set = try task(length: 5, stride: 1).predictionSet(file, labels: LabelSpace(), preparation)
            #expect(set.data.features.map { $0.label.tokens.count } == [4, 3, 4])
            let lines = try set.predictions(
                [Tensor([4, 1], repeating: 1), Tensor([3, 1], repeating: 8), Tensor([4, 1], repeating: 2)],
                includesLogits: true)
            #expect(
                lines == [["loss": .number(4), "tokens": .integer(7)], ["loss": .number(2), "tokens": .integer(4)]])
        }
        let alone = LikelihoodPredictions(
            data: PreparedData(features: [], exampleCount: 1, vocabularyCount: 1), windowCounts: [0])
        #expect(alone.predictions([], includesLogits: false)[0].compactText == #"{"loss":null,"tokens":0}"#)
    }
}

@Suite("MASKED_LM from file to score")
struct MaskedLanguageTests {
    private func task(_ change: (inout MaskedLanguage.Settings) -> Void = { _ in }) -> MaskedLanguage {
        var settings = MaskedLanguage.Settings()
        settings.maxSequenceLength = 12
        settings.template = "[P][P] {text} [P] [MASK] ."
        change(&settings)
        return MaskedLanguage(settings)
    }

    static let lines = """
        {"text": "the river", "label": "play"}
        {"text": "the the the the the the the", "label": "river"}
        """

    @Test func theTemplateStandsAroundTexts() throws {
        try withTaskFile(Self.lines) { file, preparation in
            let data = try task().trainingData(file, preparation)
            #expect(data.features[0].inputIDs == [2, -1, -2, 5, 14, -3, 4, 30, 3])
            // Virtual tokens do not count among the real ones.
            #expect(data.features[0].label == .tokens([TokenLabel(position: 3, target: 12)]))
            #expect(data.features[1].inputIDs == [2, -1, -2, 5, 5, 5, 5, 5, -3, 4, 30, 3])
            #expect(data.truncatedCount == 1)
            #expect(data.labels == LabelSpace(names: []))
            #expect(task().virtualTokens == 3)
            #expect(task { $0.template = "{text} [MASK]" }.virtualTokens == 0)
            #expect(
                task {
                    $0.virtualToken = "<p>"; $0.template = "<p>{text}[P]<p>[MASK]"
                }.virtualTokens == 2)
        }
    }

    @Test func wordsOfTheWholeVocabulary() throws {
        try withTaskFile(Self.lines) { file, preparation in
            let set = try task().evaluationSet(file, labels: LabelSpace(), preparation)
            var first = [Float](repeating: 0, count: set.data.vocabularyCount)
            first[12] = 3
            let evaluation = try set.score([first, first].map { Tensor([1, $0.count], $0) })
            #expect(evaluation.metrics == [Metric("accuracy", 0.5)])
            #expect(evaluation.predictions.map { $0["label"] } == ["play", "play"])
            #expect(evaluation.predictions.map { $0["expected"] } == ["play", "river"])
        }
    }

    @Test func labelsStandForWords() throws {
        let lines = #"{"text": "the", "label": "1"}"# + "\n" + #"{"text": "river", "label": 0}"#
        try withTaskFile(lines) { file, preparation in
            let task = task { $0.verbalizer = ["0": "play", "1": "river"] }
            let data = try task.trainingData(file, preparation)
            #expect(data.labels.names == ["0", "1"])
            #expect(data.features.map { $0.label.tokens.map(\.target) } == [[14], [12]])
            let set = try task.predictionSet(file, labels: data.labels, preparation)
            #expect(set.data.features[0].label.tokens.map(\.target) == [4])
            var logits = [Float](repeating: 9, count: data.vocabularyCount)
            (logits[12], logits[14]) = (1, 0)
            let rows = [logits, logits].map { Tensor([1, $0.count], $0) }
            let line = try set.predictions(rows, includesLogits: true)[0]
            #expect(line["label"] == "0")
            #expect(line["logits"] == .array([.number(1), .number(0)]))
            let score = try #require(line["scores"]?["1"]?.number)
            #expect(abs(score - 0.268_941_421_369_995_1) < 1e-7)
            let evaluation = try task.evaluationSet(file, labels: data.labels, preparation).score(rows)
            #expect(evaluation.metrics == [Metric("accuracy", 0.5)])
            #expect(evaluation.predictions.map { $0["expected"] } == ["1", "0"])
        }
    }

    @Test(
        "What does not fit is told",
        arguments: [
            (
                #"{"text": "the", "label": "the river"}"#,
                "data:1:26: error: the label 'the river' must be one token, and it is 2 tokens"
            ),
            (#"{"text": "the", "label": "𐌰"}"#, "must be one token, and it is a word that the tokenizer does not know"),
            (#"{"text": "the", "label": ""}"#, "must be one token, and it is 0 tokens"),
            (#"{"text": "the"}"#, "the text has no label"), (#"{"text": "the", "label": ["play"]}"#, "several labels"),
        ])
    func mistakes(line: String, message: String) throws {
        try withTaskFile(line + "\n" + Self.lines) { file, preparation in
            let error = #expect(throws: DataError.self) { try task().trainingData(file, preparation) }
            #expect(error?.description.contains(message) == true, "\(String(describing: error))")
            let data = try task().trainingData(file.skipping, preparation)
            #expect(data.exampleCount == 2)
            #expect(data.skipped.count == 1)
        }
    }

    @Test func verbalizersAndPairsAreChecked() throws {
        try withTaskFile(#"{"text": "the", "label": "nö"}"#) { file, preparation in
            func message(_ change: (inout MaskedLanguage.Settings) -> Void) -> String {
                do {
                    _ = try task(change).trainingData(file, preparation)
                    return ""
                } catch { return "\(error)" }
            }
            #expect(
                message { $0.verbalizer = ["no": "the river", "yes": "the"] }
                    .contains("task.verbalizer.no: the word 'the river' must be one token"))
            #expect(message { $0.verbalizer = ["no": "The", "yes": "the"] }.contains("words that are the same token"))
            #expect(
                message { $0.verbalizer = ["no": "play", "yes": "the"] }
                    .contains("the label 'nö' is not known to task.verbalizer; did you mean 'no'?"))
            #expect(message { $0.template = "{text} {text_pair} [MASK]" }.contains("the template has {text_pair}"))
            #expect(
                message {
                    $0.template = "the the the the the the the the {text} [MASK]"; $0.maxSequenceLength = 8
                }
                .contains("leave no room"))
        }
    }

    @Test(
        "Templates that cannot be",
        arguments: [
            ("{text}", "[P]", "no [MASK]"), ("{text} [MASK] [MASK]", "[P]", "2 times"), ("[MASK]", "[P]", "no field"),
            ("{text} {text} [MASK]", "[P]", "2 times"), ("{txt} [MASK]", "[P]", "no '{txt}'"),
            ("{text [MASK]", "[P]", "not closed"),
            ("{text} [MASK]", "", "cannot stand for a virtual token"), ("{text} [MASK]", "[MASK]", "cannot stand"),
        ])
    func templates(template: String, virtual: String, message: String) {
        let task = task { ($0.template, $0.virtualToken) = (template, virtual) }
        #expect(task.contradictions.map(\.key) == ["template"])
        #expect(task.contradictions.first?.message.contains(message) == true, "\(task.contradictions)")
        #expect(task.virtualTokens == 0)
    }

    @Test func contradictionsOfVerbalizers() {
        #expect(task { $0.verbalizer = ["a": "x", "b": "x"] }.contradictions.map(\.key) == ["verbalizer"])
        #expect(task { $0.verbalizer = ["a": "x"] }.contradictions.map(\.key) == ["verbalizer"])
        #expect(task { $0.verbalizer = ["a": "x", "b": "y"] }.contradictions.isEmpty)
    }
}
