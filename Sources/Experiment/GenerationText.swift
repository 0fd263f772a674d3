import Tasks

/// Tokens as they come, as text: what a prompt is continued by, special tokens left out.
struct GenerationText {
    private var stream: TextStream

    /// - Parameter prompt: the tokens that the text goes on from, behind which a tokenizer may put a space; none for a text of its own.
    init(_ tokenizer: any Tokenizer, after prompt: [Int32]) {
        stream = TextStream(tokenizer)
        for token in prompt { _ = stream.append(token) }
        // The prompt's last token is held back as long as it could be changed by more of them; it is no part of what is written.
        _ = stream.finish()
    }

    /// What is certain of the text once `token` has come, and was not given before: no part of a character that is still to come.
    mutating func append(_ token: Int32) -> String { stream.append(token) }

    /// The rest of the text, when no token comes any more.
    mutating func finish() -> String { stream.finish() }

    /// The whole text of `tokens`.
    func text(of tokens: [Int32]) -> String {
        var whole = stream
        return tokens.map { whole.append($0) }.joined() + whole.finish()
    }
}
