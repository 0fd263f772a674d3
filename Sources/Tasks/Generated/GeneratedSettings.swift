import Configuration

/// How a task whose models write texts is scored.
struct GeneratedSettings: Config {
    /// Whether texts are generated and scored.
    var generates = false
    /// Whether examples with equal texts are one, with several references.
    var groupsReferences = false
    /// The measures; the usual ones where none is named.
    var metrics: [String] = []

    static let fields: [Field<Self>] = [
        .boolean(
            "predict_with_generate", \.generates,
            "In evaluations, generate a text for each prompt and score it beside its references."),
        .boolean(
            "group_references", \.groupsReferences,
            "In evaluations, take examples with equal prompts for one that has several references."),
        .texts("metrics", \.metrics, "Measures to compute, the one to select by first; the usual ones if empty."),
    ]

    /// The measures.
    var choice: MetricChoice {
        if generates {
            return MetricChoice(
                names: metrics, usual: ["bleu", "rouge1", "rouge2", "rougeL", "exact_match", "loss", "perplexity"],
                outcomes: GeneratedOutcomes.self)
        }
        return MetricChoice(names: metrics, usual: ["perplexity", "loss"], outcomes: LikelihoodOutcomes.self)
    }

    /// Settings that are right alone and not together.
    var contradictions: [Contradiction] {
        if generates { return choice.contradictions(with: "predict_with_generate") }
        let texts = Tasks.metrics.filter { $0.outcomes == GeneratedOutcomes.self }.map(\.name)
        let own = choice.possible.map(\.name)
        if let name = metrics.first(where: { texts.contains($0) && !own.contains($0) }) {
            return [
                Contradiction(
                    key: "metrics", with: "predict_with_generate",
                    message: "'\(name)' is of generated texts; set predict_with_generate to true")
            ]
        }
        return choice.contradictions(with: "predict_with_generate") + grouping
    }

    private var grouping: [Contradiction] {
        guard groupsReferences else { return [] }
        return [
            Contradiction(
                key: "group_references", with: "predict_with_generate",
                message: "references are for generated texts; set predict_with_generate to true, or leave it out")
        ]
    }
}
