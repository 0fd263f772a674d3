import NN
import YAML

extension CausalLanguage {
    /// Texts to be continued.
    public func prompts(of texts: [String], _ preparation: Preparation) throws(DataError) -> PreparedPrompts {
        let tokenizer = try preparation.tokenizer.tokenizer()
        let layout = PromptLayout(tokenizer, maxLength: settings.maxSequenceLength)
        return try PreparedPrompts(
            texts, tokenizer, texts.map { _ in .generated }, skipped: SkippedRows(),
            tokenizer.encode(texts).map { layout.prompt($0.ids) })
    }

    /// The task with the longest sequences.
    public var uncut: CausalLanguage {
        var settings = settings
        settings.maxSequenceLength = 1 << 20
        return CausalLanguage(settings)
    }
}

extension SequenceToSequence {
    /// Texts to be answered.
    public func prompts(of texts: [String], _ preparation: Preparation) throws(DataError) -> PreparedPrompts {
        let tokenizer = try preparation.tokenizer.tokenizer()
        let layout = try layout(tokenizer, preparation)
        let sources = texts.map { settings.sourcePrefix + $0 }
        return try PreparedPrompts(
            sources, tokenizer, texts.map { _ in .generated }, skipped: SkippedRows(),
            tokenizer.encode(sources).map { layout.source($0.ids).feature })
    }

    /// The task with the longest sources.
    public var uncut: SequenceToSequence {
        var settings = settings
        settings.maxSourceLength = 1 << 20
        return SequenceToSequence(settings)
    }
}
