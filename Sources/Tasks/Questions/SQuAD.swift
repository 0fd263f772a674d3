import YAML

/// The layout of SQuAD v1.1 and v2.0: articles, their paragraphs, the questions about each.
///
/// Offsets are Unicode scalars. Other sets of the same layout, such as CMRC 2018, are read too; keys that are
/// not needed are passed over, as in all these files there are some.
/// Rajpurkar et al., 2016, <https://arxiv.org/abs/1606.05250>; 2018, <https://arxiv.org/abs/1806.03822>.
public struct SQuAD: DataFormat {
    /// `squad`
    public static let name = "squad"
    /// What the format is.
    public static let help = "SQuAD v1.1 or v2.0 JSON: questions answered by a part of their context."

    /// Questions about contexts.
    public static let records: [any DataRecords.Type] = [QuestionSet.self]

    /// There is nothing to set.
    public init(_ settings: NoFormatSettings) {}

    /// Reads the file at `path`; a question with an answer that does not stand where it should is a fault.
    public func read(
        _ path: String, as kind: any DataRecords.Type, _ faults: inout RowFaults
    ) throws(DataError) -> any DataRecords {
        if faults.policy == .stop { return try Self.read(path) }
        var file = try SQuADFile(try Node.json(at: path))
        for error in file.dropMisplaced() { try faults.note(error) }
        return file.questions
    }

    /// Reads the file at `path`; an answer that does not stand where it should is an error.
    public static func read(_ path: String) throws(DataError) -> QuestionSet {
        let file = try SQuADFile(try Node.json(at: path))
        if let first = file.misplaced.first {
            var error = first
            let others = file.misplaced.count - 1
            if others > 0 {
                error.message += "; \(others) more \(others == 1 ? "answer is" : "answers are") misplaced in this file"
            }
            throw error
        }
        return file.questions
    }
}

/// What a file of SQuAD's layout holds, with the answers that do not stand where it says.
struct SQuADFile {
    /// The questions, without the misplaced answers.
    private(set) var questions = QuestionSet(contexts: [], questions: [])
    /// One error for each misplaced answer.
    private(set) var misplaced: [DataError] = []
    private var places: [String: SourceLocation] = [:]

    /// The first misplaced answer of each question that has one, by the question's place.
    private var damaged: [Int: DataError] = [:]

    /// Reads the whole file, which must hold a question.
    init(_ root: Node) throws(DataError) {
        for article in try root.list("data", of: "the data set") {
            for paragraph in try article.list("paragraphs", of: "an article") {
                try read(paragraph)
            }
        }
        guard !questions.questions.isEmpty else {
            throw DataError("the data set holds no question", at: root["data"]?.location ?? root.location)
        }
    }

    private mutating func read(_ paragraph: Node) throws(DataError) {
        let context = try paragraph.text("context", of: "a paragraph")
        let text = ScalarText(context)
        questions.contexts.append(context)
        for node in try paragraph.list("qas", of: "a paragraph") {
            let id = try node.text("id", of: "a question")
            let location = node["id"]?.location ?? node.location
            if let first = places.updateValue(location, forKey: id) {
                throw DataError("two questions have the id '\(id)'; the other one stands at \(first)", at: location)
            }
            let owner = "question '\(id)'"
            var question = Question(
                id: id, text: try node.text("question", of: owner), context: questions.contexts.count - 1, answers: [],
                at: location)
            for answer in try node.list("answers", of: owner) {
                if let found = try read(answer, of: owner, in: text) { question.answers.append(found) }
            }
            questions.questions.append(question)
        }
    }

    /// Leaves out the questions that have a misplaced answer.
    ///
    /// - Returns: what is wrong with each.
    mutating func dropMisplaced() -> [DataError] {
        questions.questions = questions.questions.enumerated().filter { damaged[$0.offset] == nil }.map(\.element)
        return damaged.sorted { $0.key < $1.key }.map(\.value)
    }

    /// An answer, or `nil` where it does not stand at its place, which is noted.
    private mutating func read(_ node: Node, of owner: String, in context: ScalarText) throws(DataError) -> Answer? {
        let name = "an answer of \(owner)"
        let text = try node.text("text", of: name)
        let start = try node.integer("answer_start", of: name)
        let scalars = text.unicodeScalars
        let location = node["answer_start"]?.location ?? node.location
        guard !text.isEmpty else {
            throw DataError("\(name) is empty; leave 'answers' empty where the context gives none", at: location)
        }
        if context.has(scalars, at: start) { return Answer(text: text, start: start) }
        let found =
            0..<context.count ~= start
            ? "'\(Self.quotation(context[start..<start + min(scalars.count, context.count - start)]))' stands there"
            : "the context has \(context.count) characters"
        let other = context.firstOffset(of: scalars)
        let advice = other.map { "it stands at \($0)" } ?? "it stands nowhere in the context"
        let error = DataError(
            "\(name) is '\(Self.quotation(text))' at answer_start \(start), but \(found); \(advice)", at: location)
        let place = questions.questions.count
        damaged[place] = damaged[place] ?? error
        misplaced.append(error)
        return nil
    }

    /// The text, or its beginning where it is long.
    private static func quotation(_ text: String) -> String {
        text.count <= 60 ? text : "\(text.prefix(57))..."
    }
}
