import NN
import Tensors
import YAML

/// Texts to be classified.
///
/// The output of a feature is `[1, outputs]`. What is told of it: `label`, its `score` (softmax) and the `scores` of all; or the
/// `labels` whose score (sigmoid) is above a half, and the `scores`; or the `value`. `logits` are in the order of the labels.
struct TextPredictions: PredictionSet {
    let data: PreparedData

    func predictions(_ outputs: [Tensor], includesLogits: Bool) -> [JSON] {
        logits(outputs).map { logits in
            var line: [String: JSON]
            switch data.labels.kind {
            case .classes:
                let (best, scores) = (Probabilities.best(logits), Probabilities.softmax(logits))
                line = [
                    "label": .string(data.labels.names[best]), "score": .number(scores[best]),
                    "scores": scored(scores),
                ]
            case .flags:
                let chosen = zip(data.labels.names, Self.flags(logits)).filter { $0.1 }.map { JSON.string($0.0) }
                line = ["labels": .array(chosen), "scores": scored(logits.map(Probabilities.sigmoid))]
            case .value: line = ["value": .number(Double(logits[0]))]
            }
            if includesLogits { line["logits"] = .logits(logits) }
            return .object(line)
        }
    }

    /// The logits of each feature: `[features][outputs]`.
    func logits(_ outputs: [Tensor]) -> [[Float]] {
        precondition(outputs.count == data.features.count, "predictions: \(outputs.count) for \(data.features.count)")
        return outputs.map { output in
            precondition(output.count == data.labels.outputs, "predictions: \(output.shape) for \(data.labels.outputs)")
            return output.array
        }
    }

    /// Which labels are predicted to apply: those that are more likely than not.
    static func flags(_ logits: [Float]) -> [Bool] { logits.map { $0 > 0 } }

    private func scored(_ scores: [Double]) -> JSON {
        .object(Dictionary(zip(data.labels.names, scores.map(JSON.number))) { first, _ in first })
    }
}
