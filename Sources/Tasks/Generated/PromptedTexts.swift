import NN

/// Texts with targets as a model reads them: for likelihoods a feature for each target, for generation each prompt once.
struct PromptedTexts: Sendable {
    /// The features of targets.
    let data: PreparedData
    /// What generation starts from.
    let prompts: [Prompt]

    /// One prompt.
    struct Prompt: Sendable {
        /// Its text.
        let text: String
        /// What the model reads of it.
        let feature: Feature
        /// The number of the example it is of.
        let row: Int
        /// What is to be written.
        var references: [String]
        /// The features of its references.
        var places: [Int] = []
    }

    /// The features of targets, each with its prompt.
    ///
    /// - Parameter groups: whether prompts of equal texts are one; otherwise only those of one example are.
    init<Example>(
        _ features: ExampleFeatures<Example>, _ tokenizer: any Tokenizer, groups: Bool, prompt: (Example) -> Prompt
    ) {
        var prompts: [Prompt] = []
        var known: [Key: Int] = [:]
        for (place, example) in features.examples.enumerated() {
            let own = prompt(example)
            let key = groups ? Key.text(Array(own.text.unicodeScalars)) : .row(own.row)
            let index = known[key] ?? prompts.count
            known[key] = index
            if index == prompts.count { prompts.append(own) } else { prompts[index].references += own.references }
            prompts[index].places.append(place)
        }
        self.prompts = prompts
        data = PreparedData(
            features: features.features, exampleCount: prompts.count, vocabularyCount: tokenizer.vocabularyCount,
            truncatedCount: features.truncatedCount, skipped: features.skipped)
    }

    /// What makes targets one another's alternatives.
    private enum Key: Hashable {
        case row(Int)
        case text([Unicode.Scalar])
    }

    /// The targets of each prompt as an example of likelihoods; features are in the order of prompts where none were grouped.
    var likelihoods: LikelihoodPredictions {
        LikelihoodPredictions(data: data, windowCounts: prompts.map(\.places.count))
    }
}
