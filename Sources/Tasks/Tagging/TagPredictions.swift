import NN
import Tensors
import YAML

/// Sentences to be tagged.
///
/// The output of a feature is `[tokens, outputs]`. What is told of it: the `tags` of its `tokens` (the words) and their `scores`
/// (softmax), null for a word that the model has not seen; `logits` has a list for each token of the sequence, special ones included.
struct TagPredictions: PredictionSet {
    let data: PreparedData
    let examples: [WordExample]
    /// The place of each word's first piece: `[examples][words]`.
    let places: [[Int?]]

    func predictions(_ outputs: [Tensor], includesLogits: Bool) -> [JSON] {
        outputs.indices.map { example in
            let (rows, tags) = (rows(outputs, example), self.tags(outputs, example))
            let scores = zip(tags, places[example]).map { tag, place in
                place.map { JSON.number(Probabilities.softmax(rows[$0])[tag]) } ?? .null
            }
            var line: [String: JSON] = [
                "tokens": .array(examples[example].words.map(JSON.string)),
                "tags": .array(tags.map { .string(data.labels.names[$0]) }), "scores": .array(scores),
            ]
            if includesLogits { line["logits"] = .array(rows.map { .logits($0) }) }
            return .object(line)
        }
    }

    /// The predicted tag of each word of an example; `O`, or else the first tag, for a word that the model has not seen.
    func tags(_ outputs: [Tensor], _ example: Int) -> [Int] {
        let rows = rows(outputs, example)
        let unseen = data.labels.names.firstIndex(of: "O") ?? 0
        return places[example].map { $0.map { Probabilities.best(rows[$0]) } ?? unseen }
    }

    /// The logits of an example: `[tokens][outputs]`.
    private func rows(_ outputs: [Tensor], _ example: Int) -> [[Float]] {
        let (values, width) = (outputs[example].array, data.labels.outputs)
        let tokens = data.features[example].inputIDs.count
        precondition(values.count == tokens * width, "predictions: \(outputs[example].shape) for \(tokens) tokens")
        return (0..<tokens).map { Array(values[$0 * width..<($0 + 1) * width]) }
    }
}
