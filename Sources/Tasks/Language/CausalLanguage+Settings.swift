import Configuration
import NN

extension CausalLanguage {
    /// How texts are cut, what of them is learned, and how they are scored.
    public struct Settings: Config {
        /// The longest window or sequence in tokens.
        public var maxSequenceLength = 1024
        /// The tokens that neighbouring windows share.
        public var stride = 0
        /// Whether of prompts with completions only the latter are learned.
        public var learnsCompletionOnly = true
        /// Whether of chats only what the assistant says is learned.
        public var learnsAssistantOnly = true
        /// How a chat is written.
        public var chatTemplate: String?
        /// Whether and how texts are generated.
        var generated = GeneratedSettings()

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] =
            [
                .integer(
                    "max_seq_length", \.maxSequenceLength, in: 8...(1 << 20),
                    "Tokens of a window; documents are joined and cut into such windows. A longer prompt loses its beginning, a longer chat its end."
                ),
                .integer(
                    "doc_stride", \.stride, in: 0...(1 << 20),
                    "Tokens that neighbouring windows share: seen twice, predicted once. Without any, the first of each window is not predicted."
                ),
                .boolean(
                    "completion_only_loss", \.learnsCompletionOnly,
                    "Learn of prompts with completions the latter only; false for both."),
                .boolean(
                    "assistant_only_loss", \.learnsAssistantOnly,
                    "Learn of chats what the assistant says only; false for all of it."),
                .text(
                    "chat_template", \.chatTemplate,
                    "How a chat is written, in a part of Jinja; the tokenizer's own template unless given."),
            ] + Field<Self>.within(\.generated)
    }

    /// The measures that the settings ask for.
    public var metrics: [MetricEntry] { settings.generated.choice.chosen }
    /// Likelihoods, or generated texts.
    public var outcomes: any Outcomes.Type { settings.generated.choice.outcomes }

    /// Settings that are right alone and not together.
    public var contradictions: [Contradiction] {
        var found = settings.generated.contradictions
        if settings.stride >= settings.maxSequenceLength {
            found.append(
                Contradiction(
                    key: "doc_stride", with: "max_seq_length",
                    message: "\(settings.stride) is not less than max_seq_length \(settings.maxSequenceLength)"))
        }
        if let template = settings.chatTemplate {
            do throws(TemplateMistake) {
                _ = try ChatTemplate(template)
            } catch {
                found.append(Contradiction(key: "chat_template", with: "chat_template", message: "\(error)"))
            }
        }
        return found
    }

    /// Settings that examples of a kind do not go with.
    public func contradictions(for kind: any DataRecords.Type) -> [Contradiction] {
        let isDocuments = kind == Documents.self
        let (prompts, chats) = (PromptExamples.kind, ChatExamples.kind)
        let keys: [(key: String, isSet: Bool, has: Bool, needs: String)] = [
            ("doc_stride", settings.stride != 0, isDocuments, Documents.kind),
            ("completion_only_loss", !settings.learnsCompletionOnly, kind == PromptExamples.self, prompts),
            ("assistant_only_loss", !settings.learnsAssistantOnly, kind == ChatExamples.self, chats),
            ("chat_template", settings.chatTemplate != nil, kind == ChatExamples.self, chats),
            ("predict_with_generate", settings.generated.generates, !isDocuments, "\(prompts) or \(chats)"),
            ("group_references", settings.generated.groupsReferences, !isDocuments, "\(prompts) or \(chats)"),
        ]
        return keys.filter { $0.isSet && !$0.has }.map { key in
            Contradiction(
                key: key.key, with: key.key,
                message:
                    "it has a meaning for \(key.needs) only, and data is read as \(kind.kind); leave it out, or see "
                    + "data.target_field and data.messages_field")
        }
    }
}
