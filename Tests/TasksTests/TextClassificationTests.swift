import NN
import Tensors
import Testing
import YAML

@testable import Tasks

@Suite("SEQ_CLS from file to score")
struct TextClassificationTests {
    private func task(_ change: (inout TextClassification.Settings) -> Void = { _ in }) -> TextClassification {
        var settings = TextClassification.Settings()
        settings.maxSequenceLength = 16
        change(&settings)
        return TextClassification(settings)
    }

    static let lines = """
        {"text": "the river", "label": "good"}
        {"text": "the great flood", "label": "bad"}
        {"text": "the river and the river and the river and the river and the river and the river", "label": "good"}
        """

    @Test func labelsAreCollectedInOrder() throws {
        try withTaskFile(Self.lines) { file, preparation in
            let data = try task().trainingData(file, preparation)
            #expect(data.labels == LabelSpace(.classes, names: ["bad", "good"]))
            #expect(data.features.map(\.label) == [.category(1), .category(0), .category(1)])
            #expect(data.exampleCount == 3)
            #expect(data.truncatedCount == 1)
            #expect(data.longestSequence == 16)
            let given = try task { $0.labels = ["good", "bad", "none"] }.trainingData(file, preparation)
            #expect(given.labels.names == ["good", "bad", "none"])
            #expect(given.features.map(\.label) == [.category(0), .category(1), .category(0)])
        }
        #expect(LabelIndex(collecting: ["10", "b", "2", "-1", "a", "2"]).names == ["-1", "2", "10", "a", "b"])
    }

    @Test func scoresAndPredictionsOfClasses() throws {
        try withTaskFile(Self.lines) { file, preparation in
            let task = task { $0.metrics = ["f1", "accuracy", "recall"] }
            let labels = try task.trainingData(file, preparation).labels
            let set = try task.evaluationSet(file, labels: labels, preparation)
            let evaluation = try set.score(outputs([[0, 1], [2, 3], [5, 4]]))
            #expect(evaluation.metrics == [Metric("f1", 0.5), Metric("accuracy", 1.0 / 3), Metric("recall", 0.5)])
            #expect(evaluation.predictions.map { $0["label"] } == [.string("good"), .string("good"), .string("bad")])
            #expect(
                evaluation.predictions.map { $0["expected"] } == [.string("good"), .string("bad"), .string("good")])
            #expect(evaluation.predictions.map { $0["accuracy"] } == [.number(1), .number(0), .number(0)])

            let asked = try task.predictionSet(file, labels: labels, preparation)
            #expect(asked.data.features.allSatisfy { $0.label == nil })
            let line = try asked.predictions(outputs([[0, 1], [2, 3], [5, 4]]), includesLogits: true)[0]
            let score = try #require(line["score"]?.number)
            #expect(abs(score - 0.731_058_578_630_004_9) < 1e-7)
            #expect(line["scores"]?["good"] == .number(score))
            #expect(line["logits"] == .array([.number(0), .number(1)]))
            #expect(line["expected"] == nil)
            let bare = try asked.predictions(outputs([[.nan, .nan], [2, 3], [5, 4]]), includesLogits: false)
            #expect(bare[0]["label"] == .string("bad"))
            #expect(bare[0]["logits"] == nil)
        }
    }

    @Test func severalLabelsAndNumbers() throws {
        let several = """
            {"text": "the river", "label": ["b", "a"]}
            {"text": "flood", "label": []}
            {"text": "the", "label": "c"}
            """
        try withTaskFile(several) { file, preparation in
            let task = task { $0.problem = .several }
            let data = try task.trainingData(file, preparation)
            #expect(data.labels == LabelSpace(.flags, names: ["a", "b", "c"]))
            #expect(data.features.map(\.label) == [.flags([1, 1, 0]), .flags([0, 0, 0]), .flags([0, 0, 1])])
            let set = try task.evaluationSet(file, labels: data.labels, preparation)
            let evaluation = try set.score(outputs([[1, 1, -1], [-1, -1, 2], [-1, 0, 1]]))
            #expect(evaluation.metrics.map(\.name) == ["f1_micro", "f1_macro", "accuracy"])
            #expect(evaluation.metrics[0].value == 6.0 / 7)
            #expect(evaluation.metrics[2].value == 2.0 / 3)
            #expect(evaluation.predictions[0]["labels"] == .array([.string("a"), .string("b")]))
            #expect(evaluation.predictions[2]["scores"]?["b"] == .number(0.5))
        }
        try withTaskFile("{\"text\": \"a\", \"label\": 1.5}\n{\"text\": \"b\", \"label\": \"-2\"}") {
            file, preparation in
            let task = task { $0.problem = .regression }
            let data = try task.trainingData(file, preparation)
            #expect(data.labels == LabelSpace(.value))
            #expect(data.features.map(\.label) == [.value(1.5), .value(-2)])
            let evaluation = try task.evaluationSet(file, labels: data.labels, preparation).score(outputs([[1], [-2]]))
            #expect(evaluation.metrics.map(\.name) == ["pearson", "spearmanr", "mse"])
            #expect(evaluation.metrics[2] == Metric("mse", 0.125, isHigherBetter: false))
            #expect(evaluation.predictions[0]["value"] == .number(1))
            #expect(evaluation.predictions[0]["mse"] == .number(0.25))
        }
    }

    @Test(
        "What cannot be learned is told at its place",
        arguments: [
            (#"{"text": "a"}"#, "no label", TextClassification.Settings.Problem.single),
            (#"{"text": "a", "label": "x"}"#, "only the label 'x'", .single),
            ("", "no example", .single),
            (
                #"{"text": "a", "label": ["x", "y"]}"# + "\n" + #"{"text": "a", "label": "x"}"#, "only the label 'x'",
                .single
            ),
            (#"{"text": "a", "label": "x"}"#, "data:1:24: error: the label must be a number, not 'x'", .regression),
            (#"{"text": "a", "label": "nan"}"#, "must be a number, not 'nan'", .regression),
            (#"{"text": "a"}"#, "no label", .several),
        ] as [(String, String, TextClassification.Settings.Problem)])
    func mistakes(lines: String, message: String, problem: TextClassification.Settings.Problem) throws {
        try withTaskFile(lines) { file, preparation in
            let error = #expect(throws: DataError.self) {
                try task { $0.problem = problem }.trainingData(file, preparation)
            }
            #expect(error?.description.contains(message) == true, "\(String(describing: error))")
        }
    }

    @Test func anUnknownLabelNamesTheNearestOne() throws {
        try withTaskFile(Self.lines + "\n{\"text\": \"x\", \"label\": \"goood\"}") { file, preparation in
            let labels = LabelSpace(.classes, names: ["bad", "good"])
            let error = #expect(throws: DataError.self) {
                try task().evaluationSet(file, labels: labels, preparation)
            }
            #expect(
                error?.description.hasSuffix(
                    "data:4:24: error: the label 'goood' is not known from the training data; did you mean 'good'?")
                    == true)
            let set = try task().evaluationSet(file.skipping, labels: labels, preparation)
            #expect(set.data.exampleCount == 3)
            #expect(set.data.skipped.count == 1)
            #expect(throws: DataError.self) {
                try task().evaluationSet(file.skipping, labels: LabelSpace(names: ["p", "q"]), preparation)
            }
        }
    }

    @Test func thePositiveLabelMustBeOne() throws {
        func messages(_ change: (inout TextClassification.Settings) -> Void) -> [String] {
            task(change).contradictions.map { "\($0.key): \($0.message)" }
        }
        #expect(
            messages {
                $0.labels = ["a", "b", "c"]; $0.metrics = ["recall"]
            } == [
                "pos_label: 'recall' is about one label, and there are 3; name it, or take f1_macro"
            ])
        #expect(
            messages {
                $0.labels = ["aaa", "bbb"]; $0.positiveLabel = "aab"
            } == [
                "pos_label: 'aab' is no label; did you mean 'aaa'?"
            ])
        #expect(
            messages {
                $0.labels = ["a", "b", "c"]; $0.metrics = ["f1"]; $0.positiveLabel = "c"
            }.isEmpty)
        #expect(messages { $0.labels = ["a"] } == ["labels: 1 are too few; name at least 2"])
        #expect(messages { $0.labels = ["a", "a"] } == ["labels: 'a' stands there twice"])
        #expect(
            messages {
                $0.problem = .several; $0.labels = ["a"]
            }.isEmpty)
        #expect(
            messages {
                $0.problem = .regression; $0.labels = ["a", "b"]
            }.count == 1)
        #expect(
            messages {
                $0.problem = .regression; $0.metrics = ["accuracy"]
            } == [
                "metrics: numbers have no metric 'accuracy'; they have pearson, spearmanr, mse"
            ])
        try withTaskFile(Self.lines) { file, preparation in
            let three = LabelSpace(.classes, names: ["bad", "good", "none"])
            #expect(throws: DataError.self) {
                try task { $0.metrics = ["f1"] }.evaluationSet(file, labels: three, preparation)
            }
            let set = try task {
                $0.metrics = ["f1"]; $0.positiveLabel = "bad"
            }
            .evaluationSet(file, labels: three, preparation)
            #expect(try set.score(outputs([[1, 0, 0], [1, 0, 0], [0, 1, 0]])).metrics[0].value == 2.0 / 3)
        }
    }

    @Test func inputsToAPredictionMayHavePairs() throws {
        let lines =
            #"{"text": "the river", "text_pair": "the flood", "label": "?"}"# + "\n"
            + #"{"text": "the river", "text_pair": null}"#
        try withTaskFile(lines, as: FormatEntry(PredictionInputs.self)) { file, preparation in
            let set = try task().predictionSet(file, labels: LabelSpace(names: ["a", "b"]), preparation)
            #expect(set.data.features[0].tokenTypeIDs.contains(1))
            #expect(!set.data.features[1].tokenTypeIDs.contains(1))
            let flat = try task { $0.marksSegments = false }.predictionSet(file, labels: LabelSpace(), preparation)
            #expect(!flat.data.features[0].tokenTypeIDs.contains(1))
        }
        try withTaskFile(#"{"txet": "a"}"#, as: FormatEntry(PredictionInputs.self)) { file, preparation in
            let error = #expect(throws: DataError.self) {
                try task().predictionSet(file, labels: LabelSpace(names: ["a", "b"]), preparation)
            }
            #expect(error?.description.hasSuffix("data:1:1: error: an input has no 'text'") == true)
        }
    }
}
