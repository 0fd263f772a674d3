import Files
import NN

/// Extractive question answering: the answer is a part of the context, or there is none.
public struct QuestionAnswering: TaskType {
    /// `QUESTION_ANS`
    public static let name = "QUESTION_ANS"
    /// What is learned.
    public static let help = "Extractive question answering: the answer is a part of the context."
    /// Questions about contexts.
    public static let records: [any DataRecords.Type] = [QuestionSet.self]
    /// Answers.
    public static let outcomes: [any Outcomes.Type] = [AnswerOutcomes.self]

    /// How contexts are cut and answers are found.
    public let settings: Settings

    /// The task with `settings`.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// The longest window.
    public var maxSequenceLength: Int { settings.maxSequenceLength }
    /// Question and context, where they are told apart.
    public var segments: Int { settings.marksSegments ? 2 : 1 }

    /// The windows of all questions, each with the span of the question's first answer if it lies inside.
    public func trainingData(_ file: DataFile, _ preparation: Preparation) throws(DataError) -> PreparedData {
        let entry = try prepare(file, preparation, for: "training") { (set, tokenizer) throws(DataError) in
            var windows = try cutter.windows(of: set, tokenizer)
            for place in windows.indices { windows[place].ranges = [] }
            return windows
        }
        return entry.data
    }

    /// The windows of all questions; every one must have an answer unless the settings allow for none.
    public func evaluationSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any EvaluationSet {
        QuestionEvaluation(
            predicted: try predictions(file, preparation, needAnswers: !settings.allowsNone), choice: settings.choice)
    }

    /// The windows of all questions.
    public func predictionSet(
        _ file: DataFile, labels: LabelSpace, _ preparation: Preparation
    ) throws(DataError) -> any PredictionSet {
        try predictions(file, preparation, needAnswers: false)
    }

    private func predictions(
        _ file: DataFile, _ preparation: Preparation, needAnswers: Bool
    ) throws(DataError) -> QuestionPredictions {
        let purpose = needAnswers ? "evaluation" : "evaluation, some without answer"
        let entry = try prepare(file, preparation, for: purpose) { (set, tokenizer) throws(DataError) in
            if needAnswers, let question = set.questions.first(where: \.answers.isEmpty) {
                throw DataError(
                    "question '\(question.id)' has no answer; set task.version_2_with_negative to true if it may",
                    at: question.location)
            }
            return try cutter.windows(of: set, tokenizer)
        }
        return QuestionPredictions(
            data: entry.data,
            windows: entry.windows.map {
                QuestionPredictions.Window(question: $0.question, contextStart: $0.contextStart, ranges: $0.ranges)
            },
            search: AnswerSearch(
                beamSize: settings.beamSize, maxAnswerLength: settings.maxAnswerLength,
                nullThreshold: settings.allowsNone ? settings.nullThreshold : nil),
            file: file, digest: try preparation.digest(of: file.path), preparation: preparation)
    }

    private var cutter: QuestionWindows {
        QuestionWindows(
            maxSequenceLength: settings.maxSequenceLength, stride: settings.stride,
            marksSegments: settings.marksSegments)
    }

    /// The windows of a file, from the cache or made with `cut` and put there.
    private func prepare(
        _ file: DataFile, _ preparation: Preparation, for purpose: String,
        _ cut: (QuestionSet, any Tokenizer) throws(DataError) -> [QuestionWindows.Window]
    ) throws(DataError) -> QuestionCache.Entry {
        let parts = [
            purpose, file.layout, try preparation.digest(of: file.path).hex, file.limit.map(String.init) ?? "all",
            try preparation.tokenizer.digest(preparation.digests).hex, String(settings.maxSequenceLength),
            String(settings.stride), settings.marksSegments ? "two segments" : "one segment",
        ]
        let cache = QuestionCache(
            cache: preparation.cache, key: SHA256.digest(of: parts.joined(separator: "\n")))
        if let entry = cache.entry() { return entry }
        let set = try file.read(QuestionSet.self, for: Self.name)
        let tokenizer = try preparation.tokenizer.tokenizer()
        let entry = QuestionCache.Entry(
            windows: try cut(set, tokenizer), questionCount: set.questions.count,
            vocabularyCount: tokenizer.vocabularyCount, skipped: set.skipped)
        // What was left out is told every time, and so found again every time.
        if set.skipped.isEmpty { cache.store(entry) }
        return entry
    }
}

extension QuestionCache.Entry {
    /// What a model reads of it.
    fileprivate var data: PreparedData {
        PreparedData(
            features: windows.map(\.feature), exampleCount: questionCount, vocabularyCount: vocabularyCount,
            skipped: skipped)
    }
}
