import NN

/// Lays questions and the parts of their contexts that fit into windows of tokens.
///
/// A context that does not fit is cut into windows of `maxSequenceLength` tokens, question and special tokens
/// included, of which neighbours share `stride` context tokens (Hugging Face's meaning of the word).
struct QuestionWindows {
    /// The longest sequence, question and special tokens included.
    let maxSequenceLength: Int
    /// How many context tokens two neighbouring windows share.
    let stride: Int
    /// Whether the context's tokens are of the second segment.
    var marksSegments = true

    /// A part of a context beside its question.
    struct Window: Hashable {
        /// The place of the question in its set.
        var question: Int
        /// What the model reads.
        var feature: Feature
        /// The place of the first context token in the sequence.
        var contextStart: Int
        /// The part of the context that each context token stands for.
        var ranges: [Range<Int32>]
    }

    /// The windows of all questions, in their order, with the spans of their first answers as labels.
    func windows(of set: QuestionSet, _ tokenizer: any Tokenizer) throws(DataError) -> [Window] {
        let contexts = tokenizer.encode(set.contexts)
        let questions = tokenizer.encode(set.questions.map { $0.text.droppingLeadingSpace })
        var windows: [Window] = []
        for (index, question) in set.questions.enumerated() {
            let context = contexts[question.context]
            let ids = questions[index].ids
            let answer = question.answers.first.flatMap { Self.covered($0.range, by: context.ranges) }
            for part in try parts(of: context.ids.count, beside: ids.count, question, tokenizer.pairLayout) {
                let layout = tokenizer.pairLayout
                let first = layout.start + ids + layout.separator
                let second = layout.opening + context.ids[part] + layout.end
                guard !first.isEmpty || !second.isEmpty else {
                    throw DataError("question '\(question.id)' and its context have no token", at: question.location)
                }
                let contextStart = first.count + layout.opening.count
                let types =
                    [Int32](repeating: 0, count: contextStart)
                    + [Int32](repeating: marksSegments ? layout.secondType : 0, count: part.count + layout.end.count)
                let ranges = Array(context.ranges[part])
                let span = answer.flatMap { Self.span(of: $0, in: ranges) }
                let label = span.map {
                    Label.span(start: contextStart + $0.lowerBound, end: contextStart + $0.upperBound)
                }
                windows.append(
                    Window(
                        question: index,
                        feature: Feature(
                            inputIDs: first + second, tokenTypeIDs: types, label: label ?? .span(start: 0, end: 0)),
                        contextStart: contextStart, ranges: ranges))
            }
        }
        return windows
    }

    /// The parts of a context of `count` tokens that stand in one window each.
    func parts(
        of count: Int, beside questionCount: Int, _ question: Question, _ layout: PairLayout
    ) throws(DataError) -> [Range<Int>] {
        let room = maxSequenceLength - questionCount - layout.specialCount
        if count <= room { return [0..<count] }
        guard room > 0 else {
            throw DataError(
                """
                question '\(question.id)' is too long: its \(questionCount) tokens and \(layout.specialCount) special \
                ones leave no room for the context in max_seq_length \(maxSequenceLength); raise task.max_seq_length
                """, at: question.location)
        }
        guard stride < room else {
            throw DataError(
                """
                question '\(question.id)' leaves \(room) tokens of max_seq_length \(maxSequenceLength) to its context, \
                of which windows cannot share doc_stride \(stride); lower task.doc_stride or raise task.max_seq_length
                """, at: question.location)
        }
        var parts: [Range<Int>] = []
        var start = 0
        while start + room < count {
            parts.append(start..<start + room)
            start += room - stride
        }
        parts.append(start..<count)
        return parts
    }

    /// An answer without what no token stands for at its ends, such as white space; `nil` when nothing is left.
    static func covered(_ answer: Range<Int>, by ranges: [Range<Int32>]) -> Range<Int>? {
        guard let first = ranges.first(where: { $0.upperBound > answer.lowerBound }),
            let last = ranges.last(where: { $0.lowerBound < answer.upperBound })
        else { return nil }
        let start = max(answer.lowerBound, Int(first.lowerBound))
        let end = min(answer.upperBound, Int(last.upperBound))
        return start < end ? start..<end : nil
    }

    /// The first and last of the tokens at `ranges` that an answer takes; `nil` when it is not wholly among them.
    static func span(of answer: Range<Int>, in ranges: [Range<Int32>]) -> ClosedRange<Int>? {
        guard let first = ranges.first, let last = ranges.last,
            first.lowerBound <= answer.lowerBound, last.upperBound >= answer.upperBound,
            let start = ranges.lastIndex(where: { $0.lowerBound <= answer.lowerBound }),
            let end = ranges.firstIndex(where: { $0.upperBound >= answer.upperBound }), start <= end
        else { return nil }
        return start...end
    }
}
