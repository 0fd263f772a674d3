import YAML

/// Chats of several messages.
public struct ChatExamples: ExampleList {
    /// Chats.
    public static let kind = "chats"

    /// The examples, in the order of the file.
    public var examples: [ChatExample]
    /// What of the file is not among them.
    public var skipped = SkippedRows()

    /// These examples.
    public init(_ examples: [ChatExample]) {
        self.examples = examples
    }
}

/// One chat.
public struct ChatExample: Hashable, Sendable {
    /// Its messages, of which there is one at least.
    public var messages: [ChatMessage]
    /// Where it stands in the file.
    public var location: SourceLocation

    /// A chat that stands at `location`.
    public init(messages: [ChatMessage], at location: SourceLocation) {
        self.messages = messages
        self.location = location
    }
}

extension ChatExample {
    /// Reads a list of messages.
    init(_ list: Node, at location: SourceLocation) throws(DataError) {
        guard let elements = list.elements else { throw list.mistake(expected: "a chat must be a list of messages") }
        guard !elements.isEmpty else { throw DataError("the chat has no message", at: list.location) }
        self.init(messages: try elements.map { (node) throws(DataError) in try ChatMessage(node) }, at: location)
    }
}

/// One message of a chat.
public struct ChatMessage: Hashable, Sendable {
    /// The role of the messages that a model learns to write.
    static let assistant = "assistant"

    /// Who says it: `system`, `user`, `assistant`, or whom else the template knows.
    public var role: String
    /// What is said.
    public var content: String
    /// What else stands in it, for the template.
    public var others: [String: JSON]

    /// A message.
    public init(role: String, content: String, others: [String: JSON] = [:]) {
        self.role = role
        self.content = content
        self.others = others
    }
}

extension ChatMessage {
    /// Reads an object with `role` and `content`.
    init(_ node: Node) throws(DataError) {
        let role = try node.text("role", of: "a message")
        let content = try node.text("content", of: "a message")
        var others: [String: JSON] = [:]
        if case .mapping(let pairs) = node.content {
            for pair in pairs where pair.key != "role" && pair.key != "content" { others[pair.key] = JSON(pair.value) }
        }
        self.init(role: role, content: content, others: others)
    }
}
