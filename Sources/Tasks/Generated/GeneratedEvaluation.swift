import NN
import Tensors
import YAML

/// Texts with targets, scored by the likelihood of these and by the texts that are written for the prompts.
///
/// A line tells the `loss`, the mean over the tokens of the references, and the number of these (`tokens`); where texts were generated
/// also the prompt (`prompt`, or `source`), the text (`generated`), the `references`, and how they agree: `exact_match`, `rouge1`,
/// `rouge2` and `rougeL`, whose means are those of the set, and `bleu_counts`, which add up to those of the set.
struct GeneratedEvaluation: GenerativeEvaluation {
    let texts: PromptedTexts
    let settings: GeneratedSettings
    let tokenizer: any Tokenizer
    /// What prompts are called in lines.
    let promptName: String

    var data: PreparedData { texts.data }
    var prompts: [Feature] { texts.prompts.map(\.feature) }
    var generates: Bool { settings.generates }

    func score(_ outputs: [Tensor]) -> Evaluation {
        let losses = texts.likelihoods.losses(outputs)
        var choice = MetricChoice(
            names: [], usual: ["perplexity", "loss"], outcomes: LikelihoodOutcomes.self)
        if !settings.generates { choice = settings.choice }
        return Evaluation(
            metrics: choice.measures(of: total(losses)), predictions: lines(losses).map(JSON.object))
    }

    func score(_ outputs: [Tensor], generated: [[Int32]]) -> Evaluation {
        precondition(
            generated.count == texts.prompts.count, "score: \(generated.count) texts for \(texts.prompts.count) prompts"
        )
        let losses = texts.likelihoods.losses(outputs)
        var scores: [GeneratedScore] = []
        var predictions: [JSON] = []
        for (line, (prompt, ids)) in zip(lines(losses), zip(texts.prompts, generated)) {
            let text = tokenizer.decode(ids, skippingSpecial: true)
            let score = GeneratedScore(text, references: prompt.references)
            scores.append(score)
            predictions.append(
                .object(line).adding([
                    promptName: .string(prompt.text), "generated": .string(text),
                    "references": .array(prompt.references.map(JSON.string)),
                    "exact_match": .number(score.exactMatch), "rouge1": .number(score.rouge.one),
                    "rouge2": .number(score.rouge.two), "rougeL": .number(score.rouge.longest),
                    "bleu_counts": .array(score.bleu.list.map(JSON.integer)),
                ]))
        }
        let outcomes = GeneratedOutcomes(scores: scores, likelihoods: total(losses))
        return Evaluation(metrics: settings.choice.measures(of: outcomes), predictions: predictions)
    }

    private func total(_ losses: [[Double]]) -> LikelihoodOutcomes {
        let all = losses.joined()
        return LikelihoodOutcomes(total: all.reduce(0, +), count: all.count)
    }

    private func lines(_ losses: [[Double]]) -> [[String: JSON]] {
        texts.prompts.map { prompt in
            let values = prompt.places.flatMap { losses[$0] }
            return ["loss": .number(values.mean), "tokens": .integer(values.count)]
        }
    }
}
