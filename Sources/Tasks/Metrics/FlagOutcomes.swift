/// Any of several labels, predicted for each example.
struct FlagOutcomes: Outcomes {
    static let kind = "sets of labels"

    /// Which labels are predicted: `[examples][labels]`.
    var predicted: [[Bool]]
    /// Which labels apply: `[examples][labels]`.
    var actual: [[Bool]]

    /// The share of examples whose labels are all right.
    var accuracy: Double { zip(predicted, actual).map { $0 == $1 ? 1 : 0 }.mean }

    /// The agreement on all labels counted together.
    var total: Agreement {
        agreements.reduce(into: Agreement()) { sum, label in
            sum.hits += label.hits
            sum.predicted += label.predicted
            sum.actual += label.actual
        }
    }

    /// The mean F1 of all labels.
    var macroF1: Double { agreements.map(\.f1).mean }

    /// The agreement on each label: `[labels]`.
    private var agreements: [Agreement] {
        var agreements = [Agreement](repeating: Agreement(), count: actual.first?.count ?? 0)
        for (predicted, actual) in zip(predicted, actual) {
            for (label, flags) in zip(predicted, actual).enumerated() {
                agreements[label].count(predicted: flags.0, actual: flags.1)
            }
        }
        return agreements
    }
}
