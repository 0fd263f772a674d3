import Files
import YAML

/// Writes chats as a tokenizer's template says, and knows what the assistant says in them.
struct ChatWriter: Sendable {
    private let template: ChatTemplate
    private let tokens: [String: String]

    /// The template `given` in the manifest, else the one that comes with the tokenizer.
    init(_ given: String?, _ folder: TokenizerFolder, _ tokenizer: any Tokenizer) throws(DataError) {
        let settings = try folder.settings()
        if let given {
            do throws(TemplateMistake) {
                template = try ChatTemplate(given)
            } catch {
                throw DataError("the chat template, \(error)", key: "task.chat_template")
            }
        } else {
            template = try folder.chatTemplate(settings)
        }
        var tokens: [String: String] = [:]
        for name in ["bos", "eos", "unk", "sep", "pad", "cls", "mask"] {
            tokens["\(name)_token"] = try settings.token("\(name)_token")
        }
        if tokens["eos_token"] == nil { tokens["eos_token"] = tokenizer.endID.map { tokenizer.decode([$0]) } }
        self.tokens = tokens
    }

    /// A chat as a text.
    struct Written: Sendable {
        /// The text.
        let text: String
        /// What of it the assistant says, in Unicode scalars.
        let answers: [Range<Int>]
        /// The text up to the last answer.
        let prompt: String
        /// The last answer.
        let reference: String
        /// Where it stands.
        let location: SourceLocation
        /// The number of the chat.
        let row: Int
    }

    /// Writes a chat in which the assistant says something.
    func written(_ chat: ChatExample, row: Int) throws(DataError) -> Written {
        guard let last = chat.messages.lastIndex(where: { $0.role == ChatMessage.assistant }) else {
            throw DataError(
                "no message of the chat is of the role 'assistant', so nothing can be learned", at: chat.location)
        }
        let whole = try rendering(chat, chat.messages.count)
        let answers = template.marksGeneration ? whole.generated : try turns(of: chat, in: whole.text)
        return Written(
            text: String(scalars: whole.text), answers: answers, prompt: try prompt(chat, before: last),
            reference: chat.messages[last].content, location: chat.location, row: row)
    }

    /// The text of the first messages of a chat, with the beginning of an answer; of all unless said, but for an answer that is the last
    /// of them.
    func prompt(_ chat: ChatExample, before count: Int? = nil) throws(DataError) -> String {
        let isAnswered = chat.messages.last?.role == ChatMessage.assistant
        let count = count ?? chat.messages.count - (isAnswered ? 1 : 0)
        return String(scalars: try rendering(chat, count, opensAnswer: true).text)
    }

    /// What is behind each beginning of an answer, up to the next message.
    private func turns(of chat: ChatExample, in whole: [Unicode.Scalar]) throws(DataError) -> [Range<Int>] {
        var turns: [Range<Int>] = []
        for (place, message) in chat.messages.enumerated() where message.role == ChatMessage.assistant {
            let before = try rendering(chat, place, opensAnswer: true).text
            let through = try rendering(chat, place + 1).text
            guard before.count <= through.count, through.starts(with: before), whole.starts(with: through) else {
                throw DataError(
                    "the chat template does not write message \(place + 1) behind those before it as it stands, so it cannot be "
                        + "told what is learned; mark it in the template with {% generation %}", at: chat.location)
            }
            turns.append(before.count..<through.count)
        }
        return turns
    }

    private func rendering(
        _ chat: ChatExample, _ count: Int, opensAnswer: Bool = false
    ) throws(DataError) -> ChatTemplate.Rendering {
        do throws(TemplateMistake) {
            return try template.rendering(of: chat.messages.prefix(count), opensAnswer: opensAnswer, tokens: tokens)
        } catch {
            throw DataError("the chat template, \(error)", at: chat.location)
        }
    }
}

extension TokenizerFolder {
    /// What the files beside the tokenizer say.
    fileprivate func settings() throws(DataError) -> TokenizerSettings {
        func node(_ name: String) throws(DataError) -> Node? {
            FileContents.exists("\(path)/\(name)") ? try Node.json(at: "\(path)/\(name)") : nil
        }
        return TokenizerSettings(
            configuration: try node("tokenizer_config.json"), specialTokens: try node("special_tokens_map.json"))
    }

    /// The template in `chat_template.jinja`, else that of the configuration.
    fileprivate func chatTemplate(_ settings: TokenizerSettings) throws(DataError) -> ChatTemplate {
        let file = "\(path)/chat_template.jinja"
        if FileContents.exists(file) {
            let text: String
            do { text = try FileContents.text(at: file) } catch { throw DataError(error) }
            do throws(TemplateMistake) {
                return try ChatTemplate(text)
            } catch {
                throw DataError(
                    error.message, at: SourceLocation(file: file, line: error.place.line, column: error.place.column))
            }
        }
        guard let node = try settings.chatTemplate() else {
            throw DataError(
                "'\(path)' has no chat template; give one in task.chat_template, or as chat_template.jinja beside the tokenizer",
                key: "task.chat_template")
        }
        guard let text = node.quotedText else { throw node.mistake(expected: "'chat_template' must be a text") }
        do throws(TemplateMistake) {
            return try ChatTemplate(text)
        } catch {
            throw DataError("the chat template, \(error)", at: node.location)
        }
    }
}

extension TokenizerSettings {
    /// The template of the configuration; of several the one that is called `default`.
    fileprivate func chatTemplate() throws(DataError) -> Node? {
        guard let node = configuration?["chat_template"], !node.isNull else { return nil }
        guard let several = node.elements else { return node }
        guard let usual = several.first(where: { $0["name"]?.string == "default" }) else {
            throw DataError(
                "none of the chat templates is called 'default'; give one in task.chat_template", at: node.location)
        }
        return try usual.member("template", of: "a chat template")
    }
}
