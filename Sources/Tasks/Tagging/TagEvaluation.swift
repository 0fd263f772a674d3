import NN
import Tensors
import YAML

/// Sentences with tags, scored by those that were predicted.
///
/// Every word counts, cut off or not. Beside each prediction stands what was `expected` and the share of words that are right
/// (`accuracy`).
struct TagEvaluation: EvaluationSet {
    let predicted: TagPredictions
    let choice: MetricChoice
    /// How tags mark spans.
    let scheme: TagScheme

    var data: PreparedData { predicted.data }

    func score(_ outputs: [Tensor]) -> Evaluation {
        precondition(
            outputs.count == data.features.count, "score: \(outputs.count) for \(data.features.count) features")
        let names = data.labels.names
        let guesses = outputs.indices.map { predicted.tags(outputs, $0).map { names[$0] } }
        let actual = predicted.examples.map { $0.tags ?? [] }
        let lines = predicted.predictions(outputs, includesLogits: false).enumerated().map { place, line in
            let share = TagOutcomes(predicted: [guesses[place]], actual: [actual[place]]).accuracy
            return line.adding(["expected": .array(actual[place].map(JSON.string)), "accuracy": .number(share)])
        }
        let outcomes = TagOutcomes(predicted: guesses, actual: actual, scheme: scheme)
        return Evaluation(metrics: choice.measures(of: outcomes), predictions: lines)
    }
}
