import Configuration
import Foundation
import NN
import Tensors
import Testing
import YAML

@testable import Tasks

@Suite("SEQ_2_SEQ_LM from file to score")
struct SequenceToSequenceTests {
    private func task(_ change: (inout SequenceToSequence.Settings) -> Void = { _ in }) -> SequenceToSequence {
        var settings = SequenceToSequence.Settings()
        change(&settings)
        return SequenceToSequence(settings)
    }

    static let lines = """
        {"text": "the river", "target": "play the"}
        {"text": "the river the river", "target": "the"}
        {"text": "the river", "target": "river"}
        """

    private func withTexts<Result>(
        _ lines: String = lines, configuration: String? = #"{"decoder_start_token_id": 7, "pad_token_id": 0}"#,
        as entry: FormatEntry = FormatEntry(JSONLines.self), _ body: (DataFile, Preparation) throws -> Result
    ) throws -> Result {
        try withTaskFile(lines, as: entry) { file, preparation in
            let config = try configuration.map { try JSONText.parse($0, file: "config.json") }
            return try body(file, Preparation(tokenizer: preparation.tokenizer, config: config, cache: nil))
        }
    }

    @Test("The decoder reads what it has written, from its start token on, and learns all up to the end token")
    func training() throws {
        try withTexts { file, preparation in
            let data = try task().trainingData(file, preparation)
            #expect(data.features.map(\.inputIDs) == [[2, 5, 14, 3], [2, 5, 14, 5, 14, 3], [2, 5, 14, 3]])
            #expect(data.features.map(\.decoderInputIDs) == [[7, 2, 12, 5], [7, 2, 5], [7, 2, 14]])
            #expect(
                data.features[0].label.tokens.map { [$0.position, $0.target] } == [[0, 2], [1, 12], [2, 5], [3, 3]])
            #expect(data.exampleCount == 3)
            #expect(data.truncatedCount == 0)
            let cut = try task {
                $0.maxSourceLength = 4
                $0.maxTargetLength = 3
                $0.sourcePrefix = "play: "
            }.trainingData(file, preparation)
            #expect(cut.features.map(\.inputIDs) == Array(repeating: [2, 12, 1, 3], count: 3))
            #expect(cut.features.map { $0.label.tokens.map(\.target) } == [[2, 12, 3], [2, 5, 3], [2, 14, 3]])
            #expect(cut.truncatedCount == 3)
        }
        #expect(task { $0.maxTargetLength = 2000 }.maxSequenceLength == 2000)
    }

    @Test func generated() throws {
        try withTexts { file, preparation in
            let task = task {
                $0.generated.generates = true
                $0.generated.groupsReferences = true
                $0.generated.metrics = ["rougeL", "bleu"]
            }
            #expect(task.contradictions.isEmpty)
            let set = try #require(
                try task.evaluationSet(file, labels: LabelSpace(), preparation) as? any GenerativeEvaluation)
            #expect(set.prompts.map(\.inputIDs) == [[2, 5, 14, 3], [2, 5, 14, 5, 14, 3]])
            #expect(set.prompts.map(\.decoderInputIDs) == [[7], [7]])
            let outputs = [Tensor([4, 1], repeating: 1), Tensor([3, 1], repeating: 2), Tensor([3, 1], repeating: 3)]
            let evaluation = set.score(outputs, generated: [[14], [12]])
            #expect(evaluation.metrics == [Metric("rougeL", 0.5), Metric("bleu", 0)])
            #expect(evaluation.predictions[0]["source"] == "the river")
            #expect(evaluation.predictions[0]["references"] == ["play the", "river"])
            #expect(evaluation.predictions[0]["tokens"] == .integer(7))
            #expect(evaluation.predictions[0]["exact_match"] == .number(1))
            #expect(evaluation.predictions[1]["loss"] == .number(2))
        }
    }

    @Test func likelihoods() throws {
        try withTexts(as: FormatEntry(PredictionInputs.self)) { file, preparation in
            let set = try task().predictionSet(file, labels: LabelSpace(), preparation)
            let outputs = [Tensor([4, 1], repeating: 1), Tensor([3, 1], repeating: 2), Tensor([3, 1], repeating: 3)]
            let lines = try set.predictions(outputs, includesLogits: false)
            #expect(lines.map { $0["loss"] } == [.number(1), .number(2), .number(3)])
            let prompts = try task { $0.sourcePrefix = "play " }.prompts(file, preparation)
            #expect(prompts.texts == ["play the river", "play the river the river", "play the river"])
            #expect(
                prompts.data.features[0]
                    == Feature(inputIDs: [2, 12, 5, 14, 3], tokenTypeIDs: [0, 0, 0, 0, 0], decoderInputIDs: [7]))
        }
        try withTexts { file, preparation in
            let set = try task().evaluationSet(file, labels: LabelSpace(), preparation)
            let outputs = [Tensor([4, 1], repeating: 1), Tensor([3, 1], repeating: 1), Tensor([3, 1], repeating: 1)]
            #expect(try set.score(outputs).metrics.map(\.name) == ["perplexity", "loss"])
            #expect((set as? any GenerativeEvaluation)?.generates == false)
        }
    }

    @Test(
        "A target begins as the model's configuration says, else with what fills sequences up",
        arguments: [
            (#"{"decoder_start_token_id": null, "pad_token_id": 9}"#, 9), (#"{"decoder_start_token_id": 8}"#, 8),
            ("{}", 0), (nil, 0),
        ])
    func start(configuration: String?, id: Int32) throws {
        try withTexts(configuration: configuration) { file, preparation in
            let data = try task().trainingData(file, preparation)
            #expect(data.features[0].decoderInputIDs.first == id)
        }
    }

    @Test("How a target begins must be known")
    func unknownStart() throws {
        try withTexts(configuration: #"{"decoder_start_token_id": -1}"#) { file, preparation in
            let error = #expect(throws: DataError.self) { try task().trainingData(file, preparation) }
            #expect(error?.message.contains("'decoder_start_token_id' must be a token's index") == true)
            let characters = TokenizerFolder(CharacterVocabulary(["the river"]))
            let unknown = #expect(throws: DataError.self) {
                try task().trainingData(file, Preparation(tokenizer: characters, cache: nil))
            }
            #expect(unknown?.message.contains("has no 'decoder_start_token_id'") == true)
        }
    }
}
