import YAML

/// The order of rows: by one column, or best first.
struct TableOrder {
    private let column: ResultColumn?
    private let isReversed: Bool
    private let metrics: [String]

    /// - Parameter order: a column's name, with a dash in front for the other way round; nil for best first.
    init(_ order: String?, _ names: ResultNames) throws(RequestError) {
        isReversed = order?.hasPrefix("-") ?? false
        if let order { column = try names.column(isReversed ? String(order.dropFirst()) : order) } else { column = nil }
        metrics = names.metrics
    }

    /// The groups in this order; those that are equal in it stay as they are.
    func sorted(_ groups: [RunGroup]) -> [RunGroup] {
        groups.enumerated().sorted { first, second in
            isBefore(first.element, second.element) ?? isBefore(second.element, first.element).map { !$0 }
                ?? (first.offset < second.offset)
        }.map(\.element)
    }

    /// Whether the first comes before; nil where neither does.
    private func isBefore(_ first: RunGroup, _ second: RunGroup) -> Bool? {
        if let column { return isBefore(first, second, column) }
        if (first.status == .finished) != (second.status == .finished) { return first.status == .finished }
        for metric in metrics {
            if let answer = isBefore(first, second, .metric(metric)) { return answer }
        }
        return nil
    }

    private func isBefore(_ first: RunGroup, _ second: RunGroup, _ column: ResultColumn) -> Bool? {
        let (a, b) = (ResultCell(column, first), ResultCell(column, second))
        // What is not there comes last, either way.
        switch (a.number, b.number) {
        case (let a?, let b?):
            if a == b { return nil }
            // A metric begins with the best.
            let isDescending = column.metric.map { first.runs.first?.isHigherBetter($0) ?? true } ?? false
            return (a < b) != (isDescending != isReversed)
        case (.some, nil): return true
        case (nil, .some): return false
        case (nil, nil): break
        }
        let (aText, bText) = (a.text(column), b.text(column))
        if aText == bText { return nil }
        if aText.isEmpty != bText.isEmpty { return bText.isEmpty }
        return (aText < bText) != isReversed
    }
}
