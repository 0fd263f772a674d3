import YAML

/// Questions about contexts, each answered by parts of its context or not at all.
public struct QuestionSet: DataRecords {
    /// Questions about contexts.
    public static let kind = "questions about contexts"

    /// The texts that are asked about.
    public var contexts: [String]
    /// The questions, in the order of the file.
    public var questions: [Question]
    /// What of the file is not among them.
    public var skipped = SkippedRows()

    /// Questions about `contexts`.
    public init(contexts: [String], questions: [Question]) {
        self.contexts = contexts
        self.questions = questions
    }

    /// The first `count` questions, with the contexts that they are about.
    public func first(_ count: Int) -> QuestionSet {
        let questions = Array(questions.prefix(max(0, count)))
        let last = questions.map(\.context).max() ?? -1
        var first = QuestionSet(contexts: Array(contexts.prefix(last + 1)), questions: questions)
        first.skipped = skipped
        return first
    }

    /// The number of questions.
    public var count: Int { questions.count }
}

/// One question about one context.
public struct Question: Hashable, Sendable {
    /// Its name in the data set.
    public var id: String
    /// The question.
    public var text: String
    /// The place of its context in the set's contexts.
    public var context: Int
    /// The accepted answers; none where the context does not answer the question.
    public var answers: [Answer]
    /// Where it stands in the file.
    public var location: SourceLocation

    /// A question with its accepted answers.
    public init(id: String, text: String, context: Int, answers: [Answer], at location: SourceLocation) {
        self.id = id
        self.text = text
        self.context = context
        self.answers = answers
        self.location = location
    }
}

/// A part of a context that answers a question.
public struct Answer: Hashable, Sendable {
    /// The words of the context.
    public var text: String
    /// Where they begin, in Unicode scalars.
    public var start: Int

    /// The answer `text`, which begins at `start`.
    public init(text: String, start: Int) {
        self.text = text
        self.start = start
    }

    /// The scalars of the context that the answer takes.
    public var range: Range<Int> { start..<start + text.unicodeScalars.count }
}
