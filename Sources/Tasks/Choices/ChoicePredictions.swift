import NN
import Tensors
import YAML

/// Contexts with choices.
///
/// The output of a feature is `[choices, 1]`. What is told of it: the place of the best choice (`label`, from 0), its `score` and
/// the `scores` of all (softmax); `logits` are in the order of the choices.
struct ChoicePredictions: PredictionSet {
    let data: PreparedData

    func predictions(_ outputs: [Tensor], includesLogits: Bool) -> [JSON] {
        logits(outputs).map { logits in
            let (best, scores) = (Probabilities.best(logits), Probabilities.softmax(logits))
            var line: [String: JSON] = [
                "label": .integer(best), "score": .number(scores[best]), "scores": .numbers(scores),
            ]
            if includesLogits { line["logits"] = .logits(logits) }
            return .object(line)
        }
    }

    /// The logits of each feature: `[features][choices]`.
    func logits(_ outputs: [Tensor]) -> [[Float]] {
        precondition(outputs.count == data.features.count, "predictions: \(outputs.count) for \(data.features.count)")
        return zip(outputs, data.features).map { output, feature in
            precondition(output.count == feature.breaks.count + 1, "predictions: \(output.shape) for its choices")
            return output.array
        }
    }
}

/// Contexts with choices of which the right one is known.
///
/// Beside each prediction stands what was `expected`, and whether it is right (`accuracy`).
struct ChoiceEvaluation: EvaluationSet {
    let predicted: ChoicePredictions
    let choice: MetricChoice

    var data: PreparedData { predicted.data }

    func score(_ outputs: [Tensor]) -> Evaluation {
        let guesses = predicted.logits(outputs).map(Probabilities.best)
        let actual = data.features.map(\.label.categoryIndex)
        let lines = zip(predicted.predictions(outputs, includesLogits: false), zip(guesses, actual)).map { line, pair in
            line.adding(["expected": .integer(pair.1), "accuracy": .number(pair.0 == pair.1 ? 1 : 0)])
        }
        let outcomes = ChoiceOutcomes(predicted: guesses, actual: actual)
        return Evaluation(metrics: choice.measures(of: outcomes), predictions: lines)
    }
}
