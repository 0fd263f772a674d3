import Files
import NN
import Tensors
import YAML

/// Questions to be answered.
///
/// The output of a feature, a window, is `[tokens, 2]`: the scores of being the first and the last token. What is told of a
/// question: its `id`, the answer (`prediction_text`, empty for none), how likely its ends are (`score`), where there may be no answer
/// how much better that is (`null_odds`); `start_logits` and `end_logits` of its windows, one window after the other.
struct QuestionPredictions: PredictionSet {
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

    func predictions(_ outputs: [Tensor], includesLogits: Bool) throws(DataError) -> [JSON] {
        let set = try questions()
        let lines = Self.found(outcomes(of: set, outputs), in: set).map(\.line)
        guard includesLogits else { return lines }
        return zip(lines, grouped(outputs, set.questions.count)).map { line, windows in
            line.adding([
                "start_logits": .logits(windows.flatMap(\.startLogits)),
                "end_logits": .logits(windows.flatMap(\.endLogits)),
            ])
        }
    }

    /// The questions with their texts, which are read again now, so that they need no memory before.
    func questions() throws(DataError) -> QuestionSet {
        guard try preparation.digest(of: file.path) == digest else {
            throw DataError("'\(file.path)' has changed since the run began; run again")
        }
        return try file.read(QuestionSet.self, for: QuestionAnswering.name)
    }

    /// What is found for each question.
    func outcomes(of set: QuestionSet, _ outputs: [Tensor]) -> [AnswerSearch.Outcome] {
        grouped(outputs, set.questions.count).map(search.best)
    }

    /// The scores of each question's windows.
    private func grouped(_ outputs: [Tensor], _ count: Int) -> [[AnswerSearch.Window]] {
        precondition(outputs.count == windows.count, "score: \(outputs.count) outputs for \(windows.count) features")
        var grouped = [[AnswerSearch.Window]](repeating: [], count: count)
        for (place, window) in windows.enumerated() {
            let scores = outputs[place].array
            let length = data.features[place].inputIDs.count
            precondition(scores.count == 2 * length, "score: output \(outputs[place].shape) for \(length) tokens")
            grouped[window.question].append(
                AnswerSearch.Window(
                    startLogits: (0..<length).map { scores[2 * $0] },
                    endLogits: (0..<length).map { scores[2 * $0 + 1] },
                    contextStart: window.contextStart, ranges: window.ranges[...]))
        }
        return grouped
    }

    /// The answers in words, and what is told of each.
    ///
    /// - Parameter outcomes: one for each question.
    static func found(_ outcomes: [AnswerSearch.Outcome], in set: QuestionSet) -> [(text: String, line: JSON)] {
        var context: (place: Int, text: ScalarText)?
        return zip(set.questions, outcomes).map { question, outcome in
            let text =
                if let context, context.place == question.context {
                    context.text
                } else {
                    ScalarText(set.contexts[question.context])
                }
            context = (question.context, text)
            let answer = Self.text(of: outcome.answer, in: text)
            var line: [String: JSON] = [
                "id": .string(question.id), "prediction_text": .string(answer), "score": .number(outcome.score),
            ]
            if let odds = outcome.nullOdds { line["null_odds"] = .number(Double(odds)) }
            return (answer, .object(line))
        }
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
