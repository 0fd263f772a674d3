import Testing
import YAML

@testable import Results

@Suite("Metrics from predictions are those of scikit-learn, scipy and seqeval")
struct MeasureTests {
    private func cases(_ kind: String) throws -> [Node] { try Golden.json("metrics.json", of: "TasksTests").all(kind) }

    private func lines(_ objects: [JSON]) throws -> PredictionLines {
        try PredictionLines(objects.map { $0.compactText + "\n" }.joined().utf8, file: "predictions.jsonl")
    }

    /// Compares every metric of a golden case with what the lines give.
    private func expect(_ lines: PredictionLines, positive: JSON? = nil, _ golden: Node) throws {
        let reader = MeasureReader([lines], positive: positive)
        guard case .mapping(let metrics) = try golden.at("metrics").content else { return }
        for metric in metrics {
            let value = try #require(try reader.measure(metric.key, lines), "\(metric.key)").value
            if let expected = metric.value.number {
                #expect(isClose(value, expected, absolute: 1e-9), "\(metric.key) at \(golden.location)")
            } else {
                #expect(value.isNaN, "\(metric.key) at \(golden.location)")
            }
        }
    }

    @Test func ofClasses() throws {
        for golden in try cases("classes") {
            let objects = zip(try golden.all("predicted"), try golden.all("actual")).map { predicted, actual in
                JSON.object(["label": JSON(predicted), "expected": JSON(actual)])
            }
            let positive = JSON(try golden.at("positive"))
            let known = objects.contains { $0.compactText.contains(":\(positive.compactText)") }
            try expect(try lines(objects), positive: known ? positive : nil, known ? golden : try withoutBinary(golden))
        }
    }

    /// The case without what is said of a class that does not occur.
    private func withoutBinary(_ golden: Node) throws -> Node {
        guard case .mapping(let metrics) = try golden.at("metrics").content else { return golden }
        let kept = metrics.filter { !["f1", "precision", "recall"].contains($0.key) }
        let content = Node.Content.mapping(kept)
        return Node(
            .mapping([Node.Pair(key: "metrics", at: golden.location, value: Node(content, at: golden.location))]),
            at: golden.location)
    }

    @Test func ofSeveralLabels() throws {
        func names(_ flags: Node) -> JSON {
            .array((flags.elements ?? []).enumerated().filter { $1.integer == 1 }.map { .string("l\($0.offset)") })
        }
        for golden in try cases("flags") {
            let objects = zip(try golden.all("predicted"), try golden.all("actual")).map { predicted, actual in
                let scores = (predicted.elements ?? []).indices.map { ("l\($0)", JSON.number(0.5)) }
                return JSON.object([
                    "labels": names(predicted), "expected": names(actual),
                    "scores": .object(Dictionary(uniqueKeysWithValues: scores)),
                ])
            }
            try expect(try lines(objects), golden)
        }
    }

    @Test func ofNumbers() throws {
        for golden in try cases("values") {
            let objects = zip(try golden.all("predicted"), try golden.all("actual")).map { predicted, actual in
                JSON.object(["value": JSON(predicted), "expected": JSON(actual)])
            }
            try expect(try lines(objects), golden)
        }
    }

    @Test("Spans, as they are counted sentence by sentence")
    func ofSpans() throws {
        let run = try lines([
            ["tags": ["O"], "expected": ["O"], "accuracy": 1, "spans": [0, 0, 0]],
            [
                "tags": ["B-x", "O", "O"], "expected": ["B-x", "B-y", "O"], "accuracy": 0.6666666666666666,
                "spans": [1, 1, 2],
            ],
            ["tags": ["B-x"], "expected": ["O"], "accuracy": 0, "spans": [0, 1, 0]],
        ])
        let reader = MeasureReader([run])
        #expect(try reader.measure("precision", run)?.value == 0.5)
        #expect(try reader.measure("recall", run)?.value == 0.5)
        #expect(try reader.measure("f1", run)?.value == 0.5)
        let accuracy = try #require(try reader.measure("accuracy", run)).value
        #expect(isClose(accuracy, 0.6))
        let old = try lines([["tags": ["O"], "expected": ["O"], "accuracy": 1]])
        #expect(try MeasureReader([old]).measure("f1", old) == nil)
    }

    @Test func ofAnswers() throws {
        let run = try lines([
            ["id": "a", "answers": ["x"], "exact_match": 1, "f1": 1],
            ["id": "b", "answers": ["x y"], "exact_match": 0, "f1": 0.5],
            ["id": "c", "answers": [], "exact_match": 0, "f1": 0],
        ])
        let reader = MeasureReader([run])
        for (metric, value) in [("f1", 50), ("HasAns_f1", 75), ("NoAns_f1", 0), ("HasAns_exact_match", 50)]
            as [(String, Double)]
        {
            #expect(try reader.measure(metric, run)?.value == value, "\(metric)")
        }
    }

    @Test("Likelihoods: each token counts the same, a text without any counts for nothing")
    func ofLikelihoods() throws {
        let run = try lines([["loss": 1, "tokens": 3], ["loss": nil, "tokens": 0], ["loss": 5, "tokens": 1]])
        let reader = MeasureReader([run])
        #expect(try reader.measure("loss", run)?.value == 2)
        let perplexity = try #require(try reader.measure("perplexity", run)).value
        #expect(isClose(perplexity, 7.38905609893065))
    }

    @Test("A metric that nobody has heard of is the mean of what stands in the lines")
    func ofOtherKinds() throws {
        let run = try lines([["label": 1, "expected": 1, "brier": 0.5], ["label": 0, "expected": 1, "brier": 0.25]])
        #expect(try MeasureReader([run]).measure("brier", run)?.value == 0.375)
        #expect(try MeasureReader([run]).measure("auc", run) == nil)
    }

    @Test(
        "Damaged lines are named with their place",
        arguments: [
            ("{\"label\":1,\"expected\":1}\n{\"label\":1}\n", "p:2:1: error: the prediction has no 'expected'"),
            ("{\"label\":1,\"expected\":1}\n{\"label\":", "p:2:10: error: "),
            ("{\"label\":1,\"expected\":1}\n\n[]\n", "p:3:1: error: a prediction must be an object"),
            ("{\"value\":1,\"expected\":\"x\"}\n", "p:1:23: error: 'expected' must be a number"),
        ])
    func damaged(text: String, message: String) {
        let error = #expect(throws: TextError.self) {
            let run = try PredictionLines(text.utf8, file: "p")
            _ = try MeasureReader([run]).measure(text.contains("value") ? "mse" : "accuracy", run)
        }
        #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    }
}
