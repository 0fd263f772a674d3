/// An answer to each question, scored beside the accepted ones.
struct AnswerOutcomes: Outcomes {
    static let kind = "answers"

    /// `[questions]`
    var scores: [AnswerScore]

    /// The mean F1, in percent.
    var f1: Double { 100 * scores.map(\.f1).mean }
    /// The share of accepted answers, in percent.
    var exactMatch: Double { 100 * scores.map(\.exactMatch).mean }
}
