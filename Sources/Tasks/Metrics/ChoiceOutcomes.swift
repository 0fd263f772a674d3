/// One thing of many, predicted for each example, where no thing is like another one's: a choice, or a word.
struct ChoiceOutcomes: Outcomes {
    static let kind = "choices"

    /// The index of what is predicted: `[examples]`.
    var predicted: [Int]
    /// The index of what is right: `[examples]`.
    var actual: [Int]

    /// The share of right predictions.
    var accuracy: Double { zip(predicted, actual).map { $0 == $1 ? 1 : 0 }.mean }
}
