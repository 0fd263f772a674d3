/// The predictions of two sides with those of single examples exchanged between them, run by run in their order.
struct Exchange {
    private let first: [ExampleMeasure]
    private let second: [ExampleMeasure]
    /// The examples for which an exchange changes anything.
    let changing: [Int]
    /// The sums of all terms of the runs: `[runs][width]`.
    private let firstSums: [[Double]]
    private let secondSums: [[Double]]
    /// What an exchange of a changing example adds to the first side, and takes from the second: `[changing, runs × width]`.
    private let steps: [Double]

    init(_ first: [ExampleMeasure], _ second: [ExampleMeasure]) {
        precondition(first.count == second.count && !first.isEmpty, "an exchange between unequal numbers of runs")
        self.first = first
        self.second = second
        let pairs = Array(zip(first, second))
        changing = (0..<first[0].count).filter { example in
            pairs.contains { $0.row(example) != $1.row(example) }
        }
        firstSums = first.map(Self.sums)
        secondSums = second.map(Self.sums)
        steps = changing.flatMap { example in
            pairs.flatMap { pair in zip(pair.0.row(example), pair.1.row(example)).map { $1 - $0 } }
        }
    }

    /// The second side's mean measure minus the first one's, when the changing examples are exchanged that `isExchanged` names, by
    /// their place among these; it is asked in their order.
    func difference(_ isExchanged: (Int) -> Bool) -> Double {
        guard case .sums(let rule) = first[0].rule else { return rowsDifference(isExchanged) }
        let (runs, width, count) = (first.count, first[0].width, first[0].count)
        var moved = [Double](repeating: 0, count: runs * width)
        for place in changing.indices where isExchanged(place) {
            let start = place &* moved.count
            for term in moved.indices { moved[term] += steps[start &+ term] }
        }
        var difference = 0.0
        for run in 0..<runs {
            let shift = moved[run * width..<(run + 1) * width]
            difference += rule(zip(secondSums[run], shift).map { $0 - $1 }, count)
            difference -= rule(zip(firstSums[run], shift).map { $0 + $1 }, count)
        }
        return difference / Double(runs)
    }

    private func rowsDifference(_ isExchanged: (Int) -> Bool) -> Double {
        var exchanged = [Bool](repeating: false, count: first[0].count)
        for (place, example) in changing.enumerated() { exchanged[example] = isExchanged(place) }
        let differences = zip(first, second).map { first, second in
            let firstRows = exchanged.indices.flatMap { exchanged[$0] ? second.row($0) : first.row($0) }
            let secondRows = exchanged.indices.flatMap { exchanged[$0] ? first.row($0) : second.row($0) }
            return second.value(of: secondRows) - first.value(of: firstRows)
        }
        return differences.reduce(0, +) / Double(differences.count)
    }

    private static func sums(_ measure: ExampleMeasure) -> [Double] {
        var sums = [Double](repeating: 0, count: measure.width)
        for (place, term) in measure.terms.enumerated() { sums[place % measure.width] += term }
        return sums
    }
}
