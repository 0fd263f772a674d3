import Tensors
import YAML

extension TrainingProgress {
    /// What is written down in words and single numbers: all but losses and tensors.
    var json: JSON {
        var values: [String: JSON] = [
            "format": .string(Self.format), "step": .integer(step), "logged_step": .integer(loggedStep),
            "optimizer_steps": .integer(optimizer.stepCount), "gradient_norm": .exactly(gradientNorm),
            "evaluations_without_improvement": .integer(evaluationsWithoutImprovement),
            "throughput": .object([
                "total": throughput.total.json, "steady": throughput.steady.json, "window": throughput.window.json,
            ]),
        ]
        values["last_evaluation"] = lastEvaluation?.json
        if let best {
            values["best"] = .object(["evaluation": best.evaluation.json, "score": best.score.json])
        }
        return .object(values)
    }

    /// What was written down, without losses and moments.
    ///
    /// - Parameters:
    ///   - best: the parameters of the best model, if they are kept.
    ///   - bestStates: what those who observe updates remembered then.
    /// - Throws: where a key is missing or of a wrong type.
    init(_ node: Node, best: [Tensor]?, bestStates: [[String: Tensor]]) throws(TrainingError) {
        self.init()
        guard node["format"]?.string == Self.format else {
            throw .foreignSnapshot("it is not of the form '\(Self.format)'")
        }
        step = try node.count("step")
        loggedStep = try node.count("logged_step")
        optimizer.stepCount = try node.count("optimizer_steps")
        gradientNorm = try node.exactNumber("gradient_norm")
        evaluationsWithoutImprovement = try node.count("evaluations_without_improvement")
        let times = try node.section("throughput")
        throughput = Throughput(
            total: try Throughput.Amount(times.section("total")),
            steady: try Throughput.Amount(times.section("steady")),
            window: try Throughput.Amount(times.section("window")))
        lastEvaluation = try node["last_evaluation"].map(ModelEvaluation.init)
        self.best = try node["best"].map { (node) throws(TrainingError) in
            BestModel(
                evaluation: try ModelEvaluation(node.section("evaluation")), score: try Score(node.section("score")),
                parameters: best, observerStates: best == nil ? [] : bestStates)
        }
    }

    private static let format = "peftexp training 1"
}

extension ModelEvaluation {
    fileprivate var json: JSON {
        .object(["step": .integer(step), "epoch": .exactly(epoch), "scores": .array(scores.map(\.json))])
    }

    fileprivate init(_ node: Node) throws(TrainingError) {
        var scores: [Score] = []
        for element in node["scores"]?.elements ?? [] { scores.append(try Score(element)) }
        self.init(step: try node.count("step"), epoch: try node.exactNumber("epoch"), scores: scores)
    }
}

extension Score {
    fileprivate var json: JSON {
        .object(["name": .string(name), "value": .exactly(value), "higher_is_better": .boolean(higherIsBetter)])
    }

    fileprivate init(_ node: Node) throws(TrainingError) {
        guard let name = node["name"]?.string, let higherIsBetter = node["higher_is_better"]?.boolean else {
            throw .foreignSnapshot("a score in it has no name")
        }
        self.init(name, try node.exactNumber("value"), higherIsBetter: higherIsBetter)
    }
}

extension Throughput.Amount {
    fileprivate var json: JSON { .object(["tokens": .integer(tokens), "seconds": .exactly(seconds)]) }

    fileprivate init(_ node: Node) throws(TrainingError) {
        self.init(tokens: try node.count("tokens"), seconds: try node.exactNumber("seconds"))
    }
}

extension JSON {
    /// A number that is read back to the bit; one that is not finite is a text.
    fileprivate static func exactly(_ value: Double) -> JSON { value.isFinite ? .number(value) : .string("\(value)") }
}

extension Node {
    fileprivate func exactNumber(_ key: String) throws(TrainingError) -> Double {
        guard let node = self[key], let value = node.number ?? node.string.flatMap(Double.init) else {
            throw .foreignSnapshot("'\(key)' in it is no number")
        }
        return value
    }

    /// A whole number that is not negative.
    fileprivate func count(_ key: String) throws(TrainingError) -> Int {
        guard let value = self[key]?.integer, value >= 0 else {
            throw .foreignSnapshot("'\(key)' in it is no count")
        }
        return value
    }

    fileprivate func section(_ key: String) throws(TrainingError) -> Node {
        guard let node = self[key] else { throw .foreignSnapshot("it has no '\(key)'") }
        return node
    }
}
