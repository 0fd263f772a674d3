import NN
import Tensors
import YAML

/// Texts with a missing word.
///
/// The output of a feature is `[1, vocabulary]`. What is told of it: with a verbalizer the best `label`, its `score` and the `scores`
/// of all (softmax over their words), else the best word of the vocabulary as `label` and its `score`; `logits` of the labels' words
/// in the order of the labels, else of the tokenizer's whole vocabulary: a model may have rows for tokens that nobody knows.
struct WordPredictions: PredictionSet {
    let data: PreparedData
    let words: Verbalizer
    let tokenizer: any Tokenizer

    func predictions(_ outputs: [Tensor], includesLogits: Bool) -> [JSON] {
        logits(outputs).map { logits in
            let (best, scores) = (Probabilities.best(logits), Probabilities.softmax(logits))
            var line: [String: JSON] = ["label": .string(name(of: best)), "score": .number(scores[best])]
            if !words.labels.isEmpty {
                line["scores"] = .object(
                    Dictionary(zip(words.labels, scores.map(JSON.number))) { first, _ in first })
            }
            if includesLogits { line["logits"] = .logits(logits) }
            return .object(line)
        }
    }

    /// The logits of the labels' words, or of the whole vocabulary: `[features][words]`.
    func logits(_ outputs: [Tensor]) -> [[Float]] {
        precondition(outputs.count == data.features.count, "predictions: \(outputs.count) for \(data.features.count)")
        return outputs.map { output in
            precondition(
                output.count >= data.vocabularyCount, "predictions: \(output.shape) for \(data.vocabularyCount) words")
            let row = output.array
            return words.labels.isEmpty ? Array(row.prefix(data.vocabularyCount)) : words.words.map { row[Int($0)] }
        }
    }

    /// The label, or the word, at a place among the logits.
    func name(of index: Int) -> String {
        words.labels.isEmpty ? tokenizer.decode([Int32(index)]) : words.labels[index]
    }
}

/// Texts whose missing word is known.
///
/// Beside each prediction stands what was `expected`, and whether it is right (`accuracy`).
struct WordEvaluation: EvaluationSet {
    let predicted: WordPredictions
    let choice: MetricChoice

    var data: PreparedData { predicted.data }

    func score(_ outputs: [Tensor]) -> Evaluation {
        let words = predicted.words
        let guesses = predicted.logits(outputs).map(Probabilities.best)
        let actual = data.features.map { feature in
            let word = feature.label.tokens.first?.target ?? 0
            return words.labels.isEmpty ? Int(word) : words.words.firstIndex(of: word) ?? 0
        }
        let lines = zip(predicted.predictions(outputs, includesLogits: false), zip(guesses, actual)).map { line, pair in
            line.adding([
                "expected": .string(predicted.name(of: pair.1)), "accuracy": .number(pair.0 == pair.1 ? 1 : 0),
            ])
        }
        let outcomes = ChoiceOutcomes(predicted: guesses, actual: actual)
        return Evaluation(metrics: choice.measures(of: outcomes), predictions: lines)
    }
}
