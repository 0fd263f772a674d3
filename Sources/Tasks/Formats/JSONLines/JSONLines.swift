import Configuration
import YAML

/// One JSON object per line.
public struct JSONLines: DataFormat {
    /// `jsonl`
    public static let name = "jsonl"
    /// What the format is.
    public static let help = "JSON lines: one object per line, whose fields are chosen by name."
    /// Texts, words, choices, documents, texts with targets or chats.
    public static let records: [any DataRecords.Type] = [
        TextExamples.self, WordExamples.self, ChoiceExamples.self, Documents.self, PromptExamples.self,
        ChatExamples.self,
    ]

    private let settings: Settings

    /// Files whose fields `settings` choose.
    public init(_ settings: Settings) { self.settings = settings }

    /// Chats or texts with targets where a key names what holds them.
    public func kind(among kinds: [any DataRecords.Type]) -> (any DataRecords.Type)? {
        if settings.messages != nil, kinds.contains(where: { $0 == ChatExamples.self }) { return ChatExamples.self }
        if settings.target != nil || settings.targetTemplate != nil,
            kinds.contains(where: { $0 == PromptExamples.self })
        {
            return PromptExamples.self
        }
        return Self.held(among: kinds)
    }

    /// The keys that have a meaning for examples of a kind.
    public func keys(for kind: any DataRecords.Type) -> [String] {
        if kind == WordExamples.self { return ["words_field", "tags_field"] }
        if kind == ChoiceExamples.self { return ["context_field", "text_template", "choices_field", "label_field"] }
        if kind == ChatExamples.self { return ["messages_field"] }
        let text = ["text_field", "text_template"]
        if kind == PromptExamples.self { return text + ["target_field", "target_template"] }
        return kind == Documents.self ? text : text + ["text_pair_field", "text_pair_template", "label_field"]
    }

    /// What does not go together.
    public func contradictions(for kind: any DataRecords.Type) -> [Contradiction] {
        if kind == WordExamples.self || kind == ChatExamples.self { return [] }
        if kind == ChoiceExamples.self { return settings.contextKeys.contradictions }
        if kind == PromptExamples.self {
            return settings.textKeys.contradictions + settings.targetKeys.contradictions
        }
        return settings.textKeys.contradictions + settings.pairKeys.contradictions
    }

    /// Reads the lines at `path`.
    public func read(
        _ path: String, as kind: any DataRecords.Type, _ faults: inout RowFaults
    ) throws(DataError) -> any DataRecords {
        let file = try TextFile(path)
        if kind == WordExamples.self { return WordExamples(try Self.rows(file, &faults, words)) }
        if kind == ChoiceExamples.self {
            let context = try settings.contextKeys.parsed ?? Template(field: "context")
            return ChoiceExamples(
                try Self.rows(file, &faults) { (row) throws(DataError) in try choices(row, context) })
        }
        if kind == ChatExamples.self {
            let field = settings.messages ?? "messages"
            return ChatExamples(
                try Self.rows(file, &faults) { (row) throws(DataError) in
                    try ChatExample(try row.value(field, for: "messages_field"), at: row.location)
                })
        }
        if kind == PromptExamples.self { return try prompts(file, &faults) }
        let text = try settings.textKeys.parsed ?? Template(field: "text")
        if kind == Documents.self {
            return Documents(
                try Self.rows(file, &faults) { (row) throws(DataError) in
                    Document(text: try row.text(text, for: settings.textKeys.key), at: row.location)
                })
        }
        let pair = try settings.pairKeys.parsed
        return TextExamples(
            try Self.rows(file, &faults) { (row) throws(DataError) in
                let label = try label(row)
                return TextExample(
                    text: try row.text(text, for: settings.textKeys.key),
                    pair: try pair.map { (pair) throws(DataError) in try row.text(pair, for: settings.pairKeys.key) },
                    label: label?.label, at: row.location, labelAt: label?.location)
            })
    }

    private func prompts(_ file: TextFile, _ faults: inout RowFaults) throws(DataError) -> PromptExamples {
        let (text, target) = (try settings.textKeys.parsed, try settings.targetKeys.parsed)
        return PromptExamples(
            try Self.rows(file, &faults) { (row) throws(DataError) in
                let text = text ?? Template(field: row.first(of: ["text", "prompt"]))
                let target = target ?? Template(field: row.first(of: ["target", "completion"]))
                let (textKey, targetKey) = (settings.textKeys.key, settings.targetKeys.key)
                var targets: [String]
                if settings.targetTemplate == nil, let field = target.fields.first, row.value(field)?.elements != nil {
                    targets = try row.texts(field, for: targetKey)
                } else {
                    targets = [try row.text(target, for: targetKey)]
                }
                return PromptExample(text: try row.text(text, for: textKey), targets: targets, at: row.location)
            })
    }

    private func label(_ row: JSONRow) throws(DataError) -> (label: RawLabel, location: SourceLocation)? {
        guard let (name, node) = try row.optional(settings.label, "label", for: "label_field") else { return nil }
        guard let elements = node.elements else { return (.one(try node.writtenText("'\(name)'")), node.location) }
        let names = try elements.map { (node) throws(DataError) in try node.writtenText("an element of '\(name)'") }
        return (.several(names), node.location)
    }

    private func words(_ row: JSONRow) throws(DataError) -> WordExample {
        let field = settings.words ?? "tokens"
        let words = try row.texts(field, for: "words_field")
        guard !words.isEmpty else { throw DataError("'\(field)' holds no word", at: row.location) }
        var tags: [String]?
        if let (name, node) = try row.optional(settings.tags, "tags", for: "tags_field") {
            let found = try row.texts(name, for: "tags_field")
            guard found.count == words.count else {
                throw DataError("'\(name)' has \(found.count) tags for \(words.count) words", at: node.location)
            }
            tags = found
        }
        return WordExample(words: words, tags: tags, at: row.location)
    }

    private func choices(_ row: JSONRow, _ context: Template) throws(DataError) -> ChoiceExample {
        let choices: [String]
        switch settings.choices {
        case .names(let names):
            choices = try names.map { (name) throws(DataError) in try row.text(name, for: "choices_field") }
        case .pattern(let name): choices = try row.texts(name, for: "choices_field")
        case nil: choices = try row.texts("choices", for: "choices_field")
        }
        let label = try row.optional(settings.label, "label", for: "label_field")
        return try ChoiceExample(
            context: try row.text(context, for: settings.contextKeys.key), choices: choices,
            writtenLabel: try label.map { (name, node) throws(DataError) in try node.writtenText("'\(name)'") },
            at: row.location, labelAt: label?.node.location)
    }

    /// What `make` makes of each line that is not blank.
    static func rows<Example>(
        _ file: TextFile, _ faults: inout RowFaults, _ make: (JSONRow) throws(DataError) -> Example
    ) throws(DataError) -> [Example] {
        var examples: [Example] = []
        for line in file.lines where !file.isBlank(line.range) {
            do throws(DataError) {
                try file.check(line)
                examples.append(try make(JSONRow(node: try Self.node(line, of: file))))
            } catch {
                try faults.note(error)
            }
        }
        return examples
    }

    private static func node(_ line: TextFile.Line, of file: TextFile) throws(DataError) -> Node {
        do throws(TextError) {
            return try JSONText.parse(file.bytes[line.range], file: file.path, line: line.number)
        } catch {
            throw DataError(error)
        }
    }
}
