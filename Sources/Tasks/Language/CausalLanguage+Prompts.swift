import NN
import YAML

/// Texts with targets, and chats: one sequence for each, of which the answers are learned.
extension CausalLanguage {
    /// Prompts with their completions.
    ///
    /// - Parameter scores: whether examples are grouped as for a score.
    func prompted(
        _ records: PromptExamples, of file: DataFile, _ preparation: Preparation, scores: Bool
    ) throws(DataError) -> PromptedTexts {
        let tokenizer = try preparation.tokenizer.tokenizer()
        let layout = PromptLayout(
            tokenizer, maxLength: settings.maxSequenceLength, learnsPrompt: !settings.learnsCompletionOnly)
        let targets = PromptTarget.all(of: records, tokenizer)
        let features = try ExampleFeatures(targets, of: file, skipped: records.skipped) {
            (_, target) throws(DataError) in
            guard let completion = target.target else { throw target.isMissing("completion") }
            return try layout.feature(prompt: target.text, completion: completion, at: target.example.location)
        }
        return PromptedTexts(features, tokenizer, groups: scores && settings.generated.groupsReferences) { target in
            PromptedTexts.Prompt(
                text: target.example.text, feature: layout.prompt(target.text), row: target.row,
                references: target.reference.map { [$0] } ?? [])
        }
    }

    /// Chats, as the template writes them.
    func prompted(
        _ records: ChatExamples, of file: DataFile, _ preparation: Preparation, scores: Bool
    ) throws(DataError) -> PromptedTexts {
        let tokenizer = try preparation.tokenizer.tokenizer()
        let writer = try ChatWriter(settings.chatTemplate, preparation.tokenizer, tokenizer)
        var (chats, skipped): ([ChatWriter.Written], SkippedRows) = ([], records.skipped)
        for (row, chat) in records.examples.enumerated() {
            do {
                chats.append(try writer.written(chat, row: row))
            } catch {
                if file.stopsOnError { throw error }
                skipped.append(error)
            }
        }
        let encodings = tokenizer.encode(chats.map(\.text))
        let layout = ChatLayout(maxLength: settings.maxSequenceLength, learnsAll: !settings.learnsAssistantOnly)
        let features = try ExampleFeatures(chats, of: file, skipped: skipped) { (place, chat) throws(DataError) in
            try layout.feature(chat, encodings[place])
        }
        let prompts = scores ? tokenizer.encode(chats.map(\.prompt)) : []
        let places = Dictionary(chats.enumerated().map { ($1.row, $0) }) { first, _ in first }
        return PromptedTexts(features, tokenizer, groups: scores && settings.generated.groupsReferences) { chat in
            let ids = scores ? places[chat.row].map { prompts[$0].ids } ?? [] : []
            return PromptedTexts.Prompt(
                text: chat.prompt, feature: layout.prompt(ids), row: chat.row, references: [chat.reference])
        }
    }
}

extension CausalLanguage: GenerativeTask {
    /// Texts, prompts or chats of a file; of a chat that ends in an answer, what stands before it.
    public func prompts(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedPrompts {
        let tokenizer = try preparation.tokenizer.tokenizer()
        let kind = try file.promptKind(among: Self.records)
        if kind == ChatExamples.self {
            let records = try file.read(ChatExamples.self, for: Self.name)
            let writer = try ChatWriter(settings.chatTemplate, preparation.tokenizer, tokenizer)
            let texts = try records.examples.map { (chat) throws(DataError) in try writer.prompt(chat) }
            let layout = ChatLayout(maxLength: settings.maxSequenceLength, learnsAll: false)
            let places = records.examples.map(\.location)
            return try PreparedPrompts(
                texts, tokenizer, places, skipped: records.skipped,
                tokenizer.encode(texts).map { layout.prompt($0.ids) })
        }
        let layout = PromptLayout(tokenizer, maxLength: settings.maxSequenceLength)
        let (texts, places, skipped): ([String], [SourceLocation], SkippedRows)
        if kind == PromptExamples.self {
            let records = try file.read(PromptExamples.self, for: Self.name)
            (texts, places) = (records.examples.map(\.text), records.examples.map(\.location))
            skipped = records.skipped
        } else {
            let records = try file.read(Documents.self, for: Self.name)
            (texts, places) = (records.documents.map(\.text), records.documents.map(\.location))
            skipped = records.skipped
        }
        return try PreparedPrompts(
            texts, tokenizer, places, skipped: skipped, tokenizer.encode(texts).map { layout.prompt($0.ids) })
    }
}

extension PreparedPrompts {
    /// Texts and what the model reads of each, which must be something.
    init(
        _ texts: [String], _ tokenizer: any Tokenizer, _ places: [SourceLocation], skipped: SkippedRows,
        _ features: [Feature]
    ) throws(DataError) {
        if let empty = features.firstIndex(where: \.inputIDs.isEmpty) {
            throw DataError("the prompt has no token to start from", at: places[empty])
        }
        data = PreparedData(
            features: features, exampleCount: features.count, vocabularyCount: tokenizer.vocabularyCount,
            skipped: skipped)
        self.texts = texts
        self.tokenizer = tokenizer
    }
}
