import NN
import Tensors
import Testing
import YAML

@testable import Tasks

@Suite("TOKEN_CLS from file to score")
struct TokenClassificationTests {
    private func task(_ change: (inout TokenClassification.Settings) -> Void = { _ in }) -> TokenClassification {
        var settings = TokenClassification.Settings()
        settings.maxSequenceLength = 8
        change(&settings)
        return TokenClassification(settings)
    }

    /// Two sentences: one with a word that has no piece, one that is cut after its sixth word.
    static let lines = """
        {"tokens": ["the", "\u{200b}", "river"], "tags": ["O", "O", "B-LOC"]}
        {"tokens": ["river", "the", "the", "the", "the", "the", "river", "river"], "tags": ["B-LOC", "O", "O", "O", "O", "O", "B-PER", "I-PER"]}
        """

    /// Logits that are great for the label of each token, and for `O` elsewhere.
    private func right(_ features: [Feature], outputs: Int, outside: Int) -> [Tensor] {
        features.map { feature in
            var values = [Float](repeating: 0, count: feature.inputIDs.count * outputs)
            for place in feature.inputIDs.indices { values[place * outputs + outside] = 1 }
            for label in feature.label.tokens { values[Int(label.position) * outputs + Int(label.target)] = 5 }
            return Tensor([feature.inputIDs.count, outputs], values)
        }
    }

    @Test func firstPiecesHaveTags() throws {
        try withTaskFile(Self.lines) { file, preparation in
            let data = try task().trainingData(file, preparation)
            #expect(data.labels == LabelSpace(.classes, names: ["B-LOC", "B-PER", "I-PER", "O"]))
            #expect(data.features[0].inputIDs == [2, 5, 14, 3])
            #expect(
                data.features[0].label
                    == .tokens([TokenLabel(position: 1, target: 3), TokenLabel(position: 2, target: 0)]))
            #expect(data.features[1].label.tokens.map(\.position) == [1, 2, 3, 4, 5, 6])
            #expect(data.truncatedCount == 1)
        }
    }

    @Test func wordsThatAreNotSeenCount() throws {
        try withTaskFile(Self.lines) { file, preparation in
            let labels = try task().trainingData(file, preparation).labels
            let set = try task().evaluationSet(file, labels: labels, preparation)
            let evaluation = try set.score(right(set.data.features, outputs: 4, outside: 3))
            // Both LOC spans are found; the PER span is cut off, its two words are taken for O.
            #expect(evaluation.metrics.map(\.name) == ["f1", "precision", "recall", "accuracy"])
            #expect(evaluation.metrics.map(\.value) == [0.8, 1, 2.0 / 3, 9.0 / 11])
            #expect(evaluation.predictions[0]["tags"] == .array(["O", "O", "B-LOC"]))
            #expect(evaluation.predictions[0]["scores"]?.elements[1] == .null)
            #expect(evaluation.predictions[1]["tags"]?.elements.suffix(2) == ["O", "O"])
            #expect(evaluation.predictions[1]["expected"]?.elements.suffix(2) == ["B-PER", "I-PER"])
            #expect(evaluation.predictions[1]["accuracy"] == .number(0.75))
        }
    }

    @Test func predictionsNeedNoTags() throws {
        try withTaskFile(#"{"tokens": ["the", "river"]}"#, as: FormatEntry(PredictionInputs.self)) {
            file, preparation in
            let set = try task().predictionSet(file, labels: LabelSpace(names: ["A", "B"]), preparation)
            #expect(set.data.features.map(\.label) == [nil])
            let line = try set.predictions([Tensor([4, 2], [0, 0, 0, 1, 2, 0, 0, 0])], includesLogits: true)[0]
            #expect(line["tags"] == .array(["B", "A"]))
            #expect(line["logits"]?.elements.count == 4)
            #expect(line["logits"]?.elements[2] == .array([.number(2), .number(0)]))
            #expect(try set.predictions([Tensor([4, 2], repeating: 0)], includesLogits: false)[0]["logits"] == nil)
        }
    }

    @Test(
        "What cannot be learned is told at its place",
        arguments: [
            (#"{"tokens": ["the"]}"#, "the training examples have no label"),
            (#"{"tokens": ["the"], "tags": ["O"]}"#, "only the label 'O'"),
            (
                #"{"tokens": ["the", "river"], "tags": ["O", "B"]}"# + "\n" + #"{"tokens": ["the"]}"#,
                "data:2:1: error: the sentence has no tags"
            ),
            (
                #"{"tokens": ["the", "river"], "tags": ["O", "B"]}"# + "\n" + #"{"tokens": [""], "tags": ["O"]}"#,
                "data:2:1: error: the sentence has no word"
            ),
        ])
    func mistakes(lines: String, message: String) throws {
        try withTaskFile(lines) { file, preparation in
            let error = #expect(throws: DataError.self) { try task().trainingData(file, preparation) }
            #expect(error?.description.contains(message) == true, "\(String(describing: error))")
        }
    }

    @Test func anUnknownTagNamesTheNearestOne() throws {
        try withTaskFile(#"{"tokens": ["the"], "tags": ["B-LCO"]}"#) { file, preparation in
            let task = task { $0.labels = ["O", "B-LOC"] }
            let error = #expect(throws: DataError.self) {
                try task.evaluationSet(file, labels: LabelSpace(names: ["O", "B-LOC"]), preparation)
            }
            #expect(
                error?.description.hasSuffix(
                    "data:1:1: error: the label 'B-LCO' is not known to task.labels; did you mean 'B-LOC'?") == true)
        }
    }
}

@Suite("MULTIPLE_CHOICE from file to score")
struct MultipleChoiceTests {
    static let lines = """
        {"context": "the river", "choices": ["the", "the the the the the the the the"], "label": 1}
        {"context": "the", "choices": ["river", "the", "play"], "label": 0}
        """

    @Test func sequencesStandSideBySide() throws {
        try withTaskFile(Self.lines) { file, preparation in
            var settings = MultipleChoice.Settings()
            settings.maxSequenceLength = 8
            let task = MultipleChoice(settings)
            let data = try task.trainingData(file, preparation)
            #expect(data.features[1].inputIDs == [2, 5, 3, 14, 3, 2, 5, 3, 5, 3, 2, 5, 3, 12, 3])
            #expect(data.features[1].tokenTypeIDs == [0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1])
            #expect(data.features[1].breaks == [5, 10])
            #expect(data.features[0].breaks == [6])
            #expect(data.features.map(\.label) == [.category(1), .category(0)])
            #expect(data.truncatedCount == 1)
            #expect(data.longestSequence == 8)

            let set = try task.evaluationSet(file, labels: data.labels, preparation)
            let evaluation = try set.score([Tensor([2, 1], [0, 1]), Tensor([3, 1], [1, 2, 0])])
            #expect(evaluation.metrics == [Metric("accuracy", 0.5)])
            #expect(evaluation.predictions.map { $0["label"] } == [.integer(1), .integer(1)])
            #expect(evaluation.predictions.map { $0["accuracy"] } == [.number(1), .number(0)])
        }
    }

    @Test func predictionsNeedNoLabel() throws {
        let line = #"{"context": "the", "choices": ["river", "the"]}"#
        try withTaskFile(line, as: FormatEntry(PredictionInputs.self)) { file, preparation in
            let task = MultipleChoice(MultipleChoice.Settings())
            let set = try task.predictionSet(file, labels: LabelSpace(), preparation)
            let told = try set.predictions([Tensor([2, 1], [3, 3])], includesLogits: true)[0]
            #expect(told["scores"] == .array([.number(0.5), .number(0.5)]))
            #expect(told["logits"] == .array([.number(3), .number(3)]))
            let error = #expect(throws: DataError.self) { try task.trainingData(file, preparation) }
            #expect(error?.message == "no choice is marked as right")
        }
        try withTaskFile(#"{"context": "", "choices": ["x"]}"#, as: FormatEntry(PredictionInputs.self)) {
            file, preparation in
            let error = #expect(throws: DataError.self) {
                try MultipleChoice(MultipleChoice.Settings()).predictionSet(file, labels: LabelSpace(), preparation)
            }
            #expect(error?.message == "there must be two choices at least")
        }
    }
}
