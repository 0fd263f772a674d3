import Generation
import YAML

/// A text that a model wrote.
public struct GeneratedText: Sendable {
    /// The text, without the prompt.
    public let text: String
    /// Its tokens.
    let sequence: GeneratedSequence

    /// The text, its tokens, why it ended, and of beam search its score.
    var json: JSON {
        var values: [String: JSON] = [
            "text": .string(text), "finish_reason": .string(sequence.ending.rawValue),
            "token_ids": .array(sequence.tokens.map { .integer(Int($0)) }),
        ]
        if let score = sequence.score { values["score"] = .number(Double(score)) }
        return .object(values)
    }
}

/// What a model wrote for one prompt.
public struct PromptedTexts: Sendable {
    /// The prompt.
    public let prompt: String
    /// The texts, best first.
    public let texts: [GeneratedText]

    /// The prompt with the best text; with all, where there are several.
    public var json: JSON {
        guard let first = texts.first, case .object(var values) = first.json else {
            return ["prompt": .string(prompt)]
        }
        values["prompt"] = .string(prompt)
        if texts.count > 1 { values["sequences"] = .array(texts.map(\.json)) }
        return .object(values)
    }
}
