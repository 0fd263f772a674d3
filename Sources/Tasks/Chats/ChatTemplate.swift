/// How a chat is written as one text: a template in a part of Jinja, the language of Hugging Face's chat templates.
///
/// | understood | |
/// |---|---|
/// | statements | `if`/`elif`/`else`, `for … in …`/`else`, `set` of a name or of a namespace's member, `generation`, comments |
/// | values | texts, whole numbers, `true`, `false`, `none`, lists; `messages`, `add_generation_prompt`, `bos_token` and its like; `tools` and `documents` are none |
/// | expressions | `.name`, `[index]`, `[from:to]`, `+ - * // % ~`, comparisons, `in`, `and`, `or`, `not`, `… if … else …` |
/// | filters | `trim`, `length`, `lower`, `upper`, `string`, `default(…)` |
/// | tests | `defined`, `undefined`, `none`, `string`, `mapping`, `iterable`, `even`, `odd`, `true`, `false` |
/// | calls | `raise_exception(…)`, `namespace(…)`, `.strip()`, `.lstrip()`, `.rstrip()`, `.lower()`, `.upper()`, `.startswith(…)`, `.endswith(…)`, `.get(…)` |
/// | of a loop | `first`, `last`, `index`, `index0`, `revindex`, `revindex0`, `length` |
///
/// Anything else is refused by its name when the template is read. White space is treated as transformers has it
/// (`trim_blocks`, `lstrip_blocks`, `-`, `+`).
struct ChatTemplate: Sendable {
    private let statements: [TemplateStatement]
    /// Whether it marks what the assistant says (`{% generation %}`).
    let marksGeneration: Bool

    /// Reads a template.
    init(_ source: String) throws(TemplateMistake) {
        (statements, marksGeneration) = try TemplateParser.statements(of: source)
    }

    /// A chat as a text.
    struct Rendering {
        /// The text.
        let text: [Unicode.Scalar]
        /// What of it the template marks as the assistant's.
        let generated: [Range<Int>]
    }

    /// Writes a chat.
    ///
    /// - Parameters:
    ///   - opensAnswer: whether the beginning of an answer is written behind it (`add_generation_prompt`).
    ///   - tokens: the tokens that the template knows by name, such as `bos_token`.
    ///   - limits: how much may be done for it.
    func rendering(
        of messages: some Sequence<ChatMessage>, opensAnswer: Bool, tokens: [String: String],
        limits: TemplateLimits = TemplateLimits()
    ) throws(TemplateMistake) -> Rendering {
        var names = tokens.mapValues(TemplateValue.text)
        names["messages"] = .list(messages.map(TemplateValue.init))
        names["add_generation_prompt"] = .boolean(opensAnswer)
        names["tools"] = TemplateValue.none
        names["documents"] = TemplateValue.none
        var renderer = TemplateRenderer(names, limits)
        try renderer.run(statements)
        return Rendering(text: renderer.output, generated: renderer.generated)
    }
}
