import NN
import Tensors
import YAML

/// Texts whose tokens are predicted one after the other.
///
/// The output of a feature is `[labels, 1]`: the negative log-likelihood of each token that has a label. What is told of an example:
/// the `loss`, their mean, null where there is none, and the number of them (`tokens`). These are the raw values already.
struct LikelihoodPredictions: PredictionSet {
    let data: PreparedData
    /// The number of windows of each example.
    let windowCounts: [Int]

    func predictions(_ outputs: [Tensor], includesLogits: Bool) -> [JSON] {
        let losses = losses(outputs)
        var start = 0
        return windowCounts.map { count in
            defer { start += count }
            let values = losses[start..<start + count].joined()
            return ["loss": .number(Array(values).mean), "tokens": .integer(values.count)]
        }
    }

    /// The negative log-likelihoods: `[features][labels]`.
    func losses(_ outputs: [Tensor]) -> [[Double]] {
        precondition(outputs.count == data.features.count, "predictions: \(outputs.count) for \(data.features.count)")
        return zip(outputs, data.features).map { output, feature in
            precondition(output.count == feature.label.tokens.count, "predictions: \(output.shape) for its labels")
            return output.array.map(Double.init)
        }
    }
}

/// Texts whose tokens are predicted one after the other, scored as one text; a prediction is told of each window.
struct LikelihoodEvaluation: EvaluationSet {
    let predicted: LikelihoodPredictions
    let choice: MetricChoice

    var data: PreparedData { predicted.data }

    func score(_ outputs: [Tensor]) -> Evaluation {
        let losses = predicted.losses(outputs).joined()
        let outcomes = LikelihoodOutcomes(total: losses.reduce(0, +), count: losses.count)
        return Evaluation(
            metrics: choice.measures(of: outcomes), predictions: predicted.predictions(outputs, includesLogits: false))
    }
}

extension Label? {
    /// The labels of tokens, where a task has made sure that there are such.
    var tokens: [TokenLabel] {
        guard case .tokens(let tokens)? = self else { preconditionFailure("a feature without labels of tokens") }
        return tokens
    }
}
