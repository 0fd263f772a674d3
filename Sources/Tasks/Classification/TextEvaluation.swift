import NN
import Tensors
import YAML

/// Texts with labels, scored by what was predicted for them.
///
/// Beside each prediction stands what was `expected`, and how that counts in the measure that is a mean over examples:
/// `accuracy`, or `mse` for numbers.
struct TextEvaluation: EvaluationSet {
    let predicted: TextPredictions
    let choice: MetricChoice
    /// The class that binary measures are about.
    let positiveClass: Int

    var data: PreparedData { predicted.data }

    func score(_ outputs: [Tensor]) -> Evaluation {
        let logits = predicted.logits(outputs)
        let (outcomes, marks) = judged(logits)
        let lines = zip(predicted.predictions(outputs, includesLogits: false), marks).map { $0.adding($1) }
        return Evaluation(metrics: choice.measures(of: outcomes), predictions: lines)
    }

    private func judged(_ logits: [[Float]]) -> (any Outcomes, [[String: JSON]]) {
        let labels = data.features.map(\.label)
        switch data.labels.kind {
        case .classes:
            let actual = labels.map(\.categoryIndex)
            let guesses = logits.map(Probabilities.best)
            let marks = zip(guesses, actual).map { guess, actual in
                ["expected": JSON.string(data.labels.names[actual]), "accuracy": .number(guess == actual ? 1 : 0)]
            }
            return (ClassOutcomes(predicted: guesses, actual: actual, positiveClass: positiveClass), marks)
        case .flags:
            let actual = labels.map { label in
                guard case .flags(let flags)? = label else { preconditionFailure("a text without flags") }
                return flags.map { $0 > 0 }
            }
            let guesses = logits.map(TextPredictions.flags)
            let marks = zip(guesses, actual).map { guess, actual in
                let names = zip(data.labels.names, actual).filter { $0.1 }.map { JSON.string($0.0) }
                return ["expected": JSON.array(names), "accuracy": .number(guess == actual ? 1 : 0)]
            }
            return (FlagOutcomes(predicted: guesses, actual: actual), marks)
        case .value:
            let actual = labels.map { label in
                guard case .value(let value)? = label else { preconditionFailure("a text without a number") }
                return Double(value)
            }
            let guesses = logits.map { Double($0[0]) }
            let marks = zip(guesses, actual).map { guess, actual in
                ["expected": JSON.number(actual), "mse": .number((guess - actual) * (guess - actual))]
            }
            return (ValueOutcomes(predicted: guesses, actual: actual), marks)
        }
    }
}

extension Label? {
    /// The index of a class, where a task has made sure that there is one.
    var categoryIndex: Int {
        guard case .category(let index)? = self else { preconditionFailure("a feature without a class") }
        return index
    }
}
