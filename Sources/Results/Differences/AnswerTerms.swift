import Foundation
import YAML

/// The scores of answers, means over questions in percent; `HasAns_` and `NoAns_` are about those with and without an answer.
enum AnswerTerms {
    static func measure(_ metric: String, _ run: PredictionLines) throws(TextError) -> ExampleMeasure? {
        let parts = metric.split(separator: "_", maxSplits: 1).map(String.init)
        let isPart = parts.count == 2 && ["HasAns", "NoAns"].contains(parts[0])
        let name = isPart ? parts[1] : metric
        guard ["exact_match", "f1"].contains(name) else { return nil }
        var rows: [[Double]] = []
        for line in run.lines {
            let score = try line.figure(name)
            let counts = isPart ? try line.list("answers").isEmpty == (parts[0] == "NoAns") : true
            rows.append(counts ? [score, 1] : [0, 0])
        }
        return ExampleMeasure(width: 2, rows, .sums { sums, _ in 100 * sums[0] / sums[1] })
    }
}

/// The likelihoods of tokens: every token counts the same, in whatever text it stands.
enum LikelihoodTerms {
    static func measure(_ metric: String, _ run: PredictionLines) throws(TextError) -> ExampleMeasure? {
        guard ["loss", "perplexity"].contains(metric) else { return nil }
        var rows: [[Double]] = []
        for line in run.lines {
            let count = try line.figure("tokens")
            // A text in which nothing is predicted has no loss.
            rows.append(count == 0 ? [0, 0] : [try line.figure("loss") * count, count])
        }
        return ExampleMeasure(
            width: 2, rows,
            metric == "loss" ? .sums { sums, _ in sums[0] / sums[1] } : .sums { sums, _ in exp(sums[0] / sums[1]) })
    }
}

/// The tags of words, and the spans that they mark.
enum TagTerms {
    static func measure(_ metric: String, _ run: PredictionLines) throws(TextError) -> ExampleMeasure? {
        var rows: [[Double]] = []
        switch metric {
        case "accuracy":
            for line in run.lines {
                let words = Double(try line.list("expected").count)
                rows.append(words == 0 ? [0, 0] : [try line.figure("accuracy") * words, words])
            }
            return ExampleMeasure(width: 2, rows, .sums { sums, _ in sums[0] / sums[1] })
        case "f1", "precision", "recall":
            for line in run.lines {
                // Runs of earlier versions did not count spans.
                guard let spans = line["spans"] else { return nil }
                let counts = try spans.expect(\.elements, "spans", "a list").compactMap(\.number)
                guard counts.count == 3 else { throw TextError("'spans' must be three numbers", at: spans.location) }
                rows.append(counts)
            }
            return AgreementTerms.measure(metric, rows)
        default: return nil
        }
    }
}
