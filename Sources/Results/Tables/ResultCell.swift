import YAML

/// What stands in one cell of a table of results.
enum ResultCell: Sendable {
    case empty
    /// One value, that of all runs of the row.
    case value(JSON)
    /// The values of several runs.
    case values([JSON])
    /// The mean of several runs.
    case sample(Sample)

    /// What stands in `column` for the runs of a row.
    init(_ column: ResultColumn, _ group: RunGroup) {
        if column == .runs {
            self = .value(.integer(group.runs.reduce(0) { $0 + ($1.settings["runs"]?.double.map(Int.init) ?? 1) }))
            return
        }
        let values = group.runs.compactMap(column.value)
        guard let first = values.first else {
            self = .empty
            return
        }
        if let metric = column.metric {
            // What several runs that did not finish have come to is no figure.
            if let sample = group.sample(metric) {
                self = sample.count == 1 ? .value(.number(sample.mean)) : .sample(sample)
            } else {
                self = values.count == 1 ? .value(first) : .empty
            }
        } else if values.count == group.runs.count, values.allSatisfy({ $0.isSame(as: first) }) {
            self = .value(first)
        } else if column.isMeasured, let sample = Sample(values.compactMap(\.double)), sample.count == values.count {
            self = .sample(sample)
        } else {
            self = .values(values)
        }
    }

    /// The number to sort and compare by.
    var number: Double? {
        switch self {
        case .value(let value): value.double
        case .sample(let sample): sample.mean
        case .empty, .values: nil
        }
    }

    /// As people read it.
    func text(_ column: ResultColumn) -> String {
        switch self {
        case .empty: return ""
        case .value(let value):
            if column.isMeasured || column == .runs, let number = value.double { return column.text(number) }
            return value.plainText
        case .values(let values): return values.map(\.plainText).joined(separator: " ")
        case .sample(let sample):
            let mean = column.text(sample.mean)
            // How times and memory spread says nothing of the settings.
            guard column.metric != nil else { return mean }
            return sample.half.map { "\(mean) ± \(column.text(half: $0, of: sample.mean))" } ?? mean
        }
    }
}
