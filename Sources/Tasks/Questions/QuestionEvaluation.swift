import NN
import Tensors
import YAML

/// Questions whose accepted answers are known, scored as SQuAD's official scripts do.
///
/// Beside each prediction stand the accepted `answers`, and how it agrees with them (`exact_match`, `f1`; fractions).
struct QuestionEvaluation: EvaluationSet {
    let predicted: QuestionPredictions
    let choice: MetricChoice

    var data: PreparedData { predicted.data }

    func score(_ outputs: [Tensor]) throws(DataError) -> Evaluation {
        let set = try predicted.questions()
        return QuestionScores(allowsNone: predicted.search.nullThreshold != nil, choice: choice)
            .evaluation(of: set, predicted.outcomes(of: set, outputs))
    }
}

/// Turns what was found for questions into predictions and measures.
struct QuestionScores {
    /// Whether there are questions without an answer (v2.0).
    let allowsNone: Bool
    /// The measures.
    var choice = QuestionAnswering.Settings().choice

    /// - Parameter outcomes: one for each question.
    func evaluation(of set: QuestionSet, _ outcomes: [AnswerSearch.Outcome]) -> Evaluation {
        var predictions: [JSON] = []
        var scores: [(score: AnswerScore, hasAnswer: Bool)] = []
        for (question, found) in zip(set.questions, QuestionPredictions.found(outcomes, in: set)) {
            let accepted = question.answers.map(\.text)
            let score = AnswerScore(found.text, accepted: accepted, allowsNone: allowsNone)
            scores.append((score, !accepted.isEmpty))
            predictions.append(
                found.line.adding([
                    "answers": .array(accepted.map(JSON.string)), "exact_match": .number(score.exactMatch),
                    "f1": .number(score.f1),
                ]))
        }
        return Evaluation(metrics: metrics(scores), predictions: predictions)
    }

    /// Percentages, by the names of the official scripts.
    func metrics(_ scores: [(score: AnswerScore, hasAnswer: Bool)]) -> [Metric] {
        var metrics = means(scores.map(\.score), prefix: "")
        if allowsNone {
            metrics += means(scores.filter(\.hasAnswer).map(\.score), prefix: "HasAns_")
            metrics += means(scores.filter { !$0.hasAnswer }.map(\.score), prefix: "NoAns_")
        }
        return metrics
    }

    private func means(_ scores: [AnswerScore], prefix: String) -> [Metric] {
        guard !scores.isEmpty else { return [] }
        return choice.measures(of: AnswerOutcomes(scores: scores), prefix: prefix)
    }
}
