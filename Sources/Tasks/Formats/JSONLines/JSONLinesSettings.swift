import Configuration

extension JSONLines {
    /// Which fields are read.
    public struct Settings: Config {
        /// The field of the text, and of the second text of a pair.
        public var text: String?, pair: String?
        /// The text, and the second text, put together from fields.
        public var textTemplate: String?, pairTemplate: String?
        /// The field of the target, and the target put together from fields.
        public var target: String?, targetTemplate: String?
        /// The field of a chat's messages.
        public var messages: String?
        /// The field of the label.
        public var label: String?
        /// The fields of words and their tags.
        public var words: String?, tags: String?
        /// The field of what choices continue, and those of the choices.
        public var context: String?, choices: TextOrTexts?

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .text("text_field", \.text, "Field of the text, a dot before a field inside it; 'text' unless given."),
            .text("text_pair_field", \.pair, "Field of the second text of a pair."),
            .text(
                "text_template", \.textTemplate, "The text, put together from fields: '{premise} because {hypothesis}'."
            ),
            .text("text_pair_template", \.pairTemplate, "The second text of a pair, put together from fields."),
            .text(
                "target_field", \.target,
                "Field of what is to be written for a text, or of a list of such; 'target' or 'completion' unless given; a language model then reads prompts."
            ),
            .text("target_template", \.targetTemplate, "What is to be written, put together from fields: ' {target}'."),
            .text("messages_field", \.messages, "Field of a chat's messages; a language model then reads chats."),
            .text(
                "label_field", \.label,
                "Field of the label or the list of labels; 'label' unless given, where there is one."),
            .text("words_field", \.words, "Field of the list of words; 'tokens' unless given."),
            .text("tags_field", \.tags, "Field of the words' tags; 'tags' unless given, where there is one."),
            .text("context_field", \.context, "Field of what the choices continue or answer; 'context' unless given."),
            .textOrTexts(
                "choices_field", \.choices, "Field of the list of choices, or a list of fields; 'choices' unless given."
            ),
        ]

        var textKeys: TemplateKeys {
            TemplateKeys(template: textTemplate, templateKey: "text_template", field: text, fieldKey: "text_field")
        }

        var pairKeys: TemplateKeys {
            TemplateKeys(
                template: pairTemplate, templateKey: "text_pair_template", field: pair, fieldKey: "text_pair_field")
        }

        var targetKeys: TemplateKeys {
            TemplateKeys(
                template: targetTemplate, templateKey: "target_template", field: target, fieldKey: "target_field")
        }

        var contextKeys: TemplateKeys {
            TemplateKeys(
                template: textTemplate, templateKey: "text_template", field: context, fieldKey: "context_field")
        }
    }
}
