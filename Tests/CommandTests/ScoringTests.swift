import Foundation
import Testing
import YAML

/// When a run is scored, and what it ends with.
@Suite("Scoring in a run")
struct ScoringTests {
    /// A run, its `f1` by step, and its record.
    private func run(
        _ place: Workplace, _ words: String...
    ) throws -> (scores: [(step: Int, f1: Double)], record: Node) {
        let ending = try RunningProgram(place, ["run", "tiny.yaml"] + words).wait()
        try #require(ending.status == 0, "\(ending.talk)")
        let run = try place.runFolder()
        let scores = try place.jsonLines("\(run)/metrics.jsonl").compactMap { line in
            line["eval_f1"]?.number.flatMap { f1 in line["step"]?.integer.map { (step: $0, f1: f1) } }
        }
        return (scores, try place.json("\(run)/result.json"))
    }

    @Test("After each epoch")
    func epochs() throws {
        try Workplace.with { place in
            let (scores, _) = try run(place, "train.eval_strategy=epoch", "train.num_train_epochs=3")
            #expect(scores.map(\.step) == [4, 8, 12])
        }
    }

    @Test("Every few steps; the result is the best, or the last", arguments: [true, false])
    func bestOrLast(isBest: Bool) throws {
        try Workplace.with { place in
            let (scores, record) = try run(
                place, "train.eval_strategy=steps", "train.eval_steps=2", "train.num_train_epochs=6",
                "train.load_best_model_at_end=\(isBest)")
            #expect(scores.map(\.step) == Array(stride(from: 2, through: 24, by: 2)))
            let expected = isBest ? scores.map(\.f1).max() : scores.last?.f1
            #expect(record["metrics"]?["f1"]?.number == expected)
            #expect(record["steps"]?.integer == 24)
            let predictions = try place.jsonLines(try place.runFolder() + "/predictions.jsonl")
            let mean = predictions.reduce(0) { $0 + ($1["f1"]?.number ?? 0) } * 100 / Double(predictions.count)
            #expect(abs(mean - (expected ?? -1)) < 1e-9, "the predictions are those of the model that is kept")
        }
    }

    @Test("No improvement ends it early")
    func earlyStopping() throws {
        try Workplace.with { place in
            let (scores, record) = try run(
                place, "train.eval_strategy=steps", "train.eval_steps=1", "train.early_stopping_patience=2",
                "train.learning_rate=1e-12", "train.num_train_epochs=50")
            #expect(scores.map(\.step) == [1, 2, 3])
            #expect(record["steps"]?.integer == 3)
            #expect(record["status"]?.string == "finished")
        }
    }

    @Test("No step at all scores the model as it starts")
    func noSteps() throws {
        try Workplace.with { place in
            let (scores, record) = try run(place, "train.max_steps=0")
            #expect(scores.map(\.step) == [0])
            #expect(record["steps"]?.integer == 0)
            #expect(record["metrics"]?["f1"]?.number == scores.first?.f1)
        }
    }

    @Test("Without a file to score on there are no scores")
    func noEvaluation() throws {
        try Workplace.with { place in
            let (scores, record) = try run(place, "data.eval=null")
            #expect(scores.isEmpty)
            #expect(record["metrics"]?.elements?.isEmpty ?? true)
            #expect(!FileManager.default.fileExists(atPath: place.file(try place.runFolder() + "/predictions.jsonl")))
        }
    }

    @Test("The first so many examples only")
    func samples() throws {
        try Workplace.with { place in
            let (_, record) = try run(
                place, "data.max_train_samples=9", "data.max_eval_samples=3", "train.num_train_epochs=1")
            #expect(record["steps"]?.integer == 2)
            #expect(try place.jsonLines(try place.runFolder() + "/predictions.jsonl").count == 3)
        }
    }
}
