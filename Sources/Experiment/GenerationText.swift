import Tasks

/// Tokens as they come, as text: what a prompt is continued by.
struct GenerationText {
    private let tokenizer: any Tokenizer
    /// The prompt's tokens without the special ones around it, before which a tokenizer may have put a space.
    private let prompt: [Int32]
    private let promptText: String
    private var tokens: [Int32] = []
    private var given = ""

    /// - Parameter prompt: the tokens that the text goes on from; none for a text of its own.
    init(_ tokenizer: any Tokenizer, after prompt: [Int32]) {
        self.tokenizer = tokenizer
        self.prompt = prompt
        promptText = prompt.isEmpty ? "" : tokenizer.decode(prompt)
    }

    /// The text of all tokens.
    func text(of tokens: [Int32]) -> String {
        guard !prompt.isEmpty else { return tokenizer.decode(tokens) }
        let whole = tokenizer.decode(prompt + tokens)
        return whole.hasPrefix(promptText) ? String(whole.dropFirst(promptText.count)) : tokenizer.decode(tokens)
    }

    /// What is certain of the text once `token` has come, and was not given before: no part of a character that is still to come.
    mutating func append(_ token: Int32) -> String {
        tokens.append(token)
        var whole = text(of: tokens)
        while whole.unicodeScalars.last == "\u{FFFD}" { whole.unicodeScalars.removeLast() }
        return news(whole)
    }

    /// The rest of the text, when no token comes any more.
    mutating func finish() -> String { news(text(of: tokens)) }

    private mutating func news(_ whole: String) -> String {
        guard whole.hasPrefix(given), whole.count > given.count else { return "" }
        let new = String(whole.dropFirst(given.count))
        given = whole
        return new
    }
}
