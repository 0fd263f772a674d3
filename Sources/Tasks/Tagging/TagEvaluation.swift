import NN
import Tensors
import YAML

/// Sentences with tags, scored by those that were predicted.
///
/// Every word counts, cut off or not. Beside each prediction stands what was `expected`, the share of words that are right
/// (`accuracy`), and how many spans are right, predicted and expected (`spans`).
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
            let sentence = TagOutcomes(predicted: [guesses[place]], actual: [actual[place]], scheme: scheme)
            let spans = sentence.spans
            return line.adding([
                "expected": .array(actual[place].map(JSON.string)), "accuracy": .number(sentence.accuracy),
                "spans": [.integer(spans.hits), .integer(spans.predicted), .integer(spans.actual)],
            ])
        }
        let outcomes = TagOutcomes(predicted: guesses, actual: actual, scheme: scheme)
        return Evaluation(metrics: choice.measures(of: outcomes), predictions: lines)
    }
}
