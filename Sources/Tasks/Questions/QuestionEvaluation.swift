import Files
import NN
import Tensors
import YAML

/// Questions to be answered, scored as SQuAD's official scripts do.
struct QuestionEvaluation: EvaluationSet {
    let data: PreparedData
    /// The windows of all questions, those of one question side by side; their features are in `data`.
    let windows: [Window]
    let search: AnswerSearch
    /// Where the texts are, and the hash of the file when the windows were made.
    let file: DataFile
    let digest: Digest
    let preparation: Preparation

    /// What of a window the search needs beside its logits.
    struct Window: Sendable {
        var question: Int
        var contextStart: Int
        var ranges: [Range<Int32>]
    }

    /// - Parameter logits: one for each feature, `[sequence, 2]`: the scores of being the first and the last token.
    func score(_ logits: [Tensor]) throws(DataError) -> Evaluation {
        precondition(logits.count == windows.count, "score: \(logits.count) logits for \(windows.count) features")
        guard try preparation.digest(of: file.path) == digest else {
            throw DataError("'\(file.path)' has changed since the run began; run again")
        }
        let set = try file.read(QuestionSet.self, for: QuestionAnswering.name)
        var grouped = [[AnswerSearch.Window]](repeating: [], count: set.questions.count)
        for (place, window) in windows.enumerated() {
            let scores = logits[place].array
            let length = data.features[place].inputIDs.count
            precondition(scores.count == 2 * length, "score: logits \(logits[place].shape) for \(length) tokens")
            grouped[window.question].append(
                AnswerSearch.Window(
                    startLogits: (0..<length).map { scores[2 * $0] },
                    endLogits: (0..<length).map { scores[2 * $0 + 1] },
                    contextStart: window.contextStart, ranges: window.ranges[...]))
        }
        return QuestionScores(allowsNone: search.nullThreshold != nil)
            .evaluation(of: set, grouped.map(search.best))
    }
}

/// Turns what was found for questions into predictions and measures.
struct QuestionScores {
    /// Whether there are questions without an answer (v2.0).
    let allowsNone: Bool

    /// - Parameter outcomes: one for each question.
    func evaluation(of set: QuestionSet, _ outcomes: [AnswerSearch.Outcome]) -> Evaluation {
        var predictions: [JSON] = []
        var scores: [(score: AnswerScore, hasAnswer: Bool)] = []
        var context: (place: Int, text: ScalarText)?
        for (question, outcome) in zip(set.questions, outcomes) {
            let text =
                if let context, context.place == question.context {
                    context.text
                } else {
                    ScalarText(set.contexts[question.context])
                }
            context = (question.context, text)
            let answer = Self.text(of: outcome.answer, in: text)
            let accepted = question.answers.map(\.text)
            let score = AnswerScore(answer, accepted: accepted, allowsNone: allowsNone)
            scores.append((score, !accepted.isEmpty))
            var line: [String: JSON] = [
                "id": .string(question.id), "prediction_text": .string(answer),
                "answers": .array(accepted.map(JSON.string)),
                "exact_match": .number(score.exactMatch), "f1": .number(score.f1),
            ]
            if let odds = outcome.nullOdds { line["null_odds"] = .number(Double(odds)) }
            predictions.append(.object(line))
        }
        return Evaluation(metrics: metrics(scores), predictions: predictions)
    }

    /// Percentages, by the names of the official scripts.
    func metrics(_ scores: [(score: AnswerScore, hasAnswer: Bool)]) -> [Metric] {
        var metrics = Self.means(scores.map(\.score), prefix: "")
        if allowsNone {
            metrics += Self.means(scores.filter(\.hasAnswer).map(\.score), prefix: "HasAns_")
            metrics += Self.means(scores.filter { !$0.hasAnswer }.map(\.score), prefix: "NoAns_")
        }
        return metrics
    }

    private static func means(_ scores: [AnswerScore], prefix: String) -> [Metric] {
        guard !scores.isEmpty else { return [] }
        let count = Double(scores.count)
        return [
            Metric("\(prefix)f1", 100 * scores.reduce(0) { $0 + $1.f1 } / count),
            Metric("\(prefix)exact_match", 100 * scores.reduce(0) { $0 + $1.exactMatch } / count),
        ]
    }

    /// The words of an answer; `empty` where none was found, as the reference says then.
    private static func text(of answer: AnswerSearch.Answer, in context: ScalarText) -> String {
        switch answer {
        case .part(let range): context[range]
        case .none: ""
        case .nothingFound: "empty"
        }
    }
}
