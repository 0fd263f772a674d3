/// The terms of all runs of both sides, example by example, so that a selection is summed in one pass.
struct JointRows {
    private let measures: [ExampleMeasure]
    private let firstCount: Int
    private let width: Int
    /// `[examples, width]`, the runs of the first side in front.
    private let terms: [Double]

    init(_ first: [ExampleMeasure], _ second: [ExampleMeasure]) {
        measures = first + second
        firstCount = first.count
        width = measures.reduce(0) { $0 + $1.width }
        let (measures, count) = (measures, measures.first?.count ?? 0)
        precondition(measures.allSatisfy { $0.count == count }, "runs of different examples")
        terms = (0..<count).flatMap { example in measures.flatMap { $0.row(example) } }
    }

    /// The second side's mean measure of the `chosen` examples minus the first one's.
    func difference(of chosen: [Int]) -> Double {
        if case .rows = measures[0].rule {
            return difference { measure in measure.value(of: chosen.flatMap { measure.row($0) }) }
        }
        var sums = [Double](repeating: 0, count: width)
        for example in chosen {
            let start = example &* width
            for term in 0..<width { sums[term] += terms[start &+ term] }
        }
        var start = 0
        return difference { measure in
            defer { start += measure.width }
            guard case .sums(let rule) = measure.rule else { return .nan }
            return rule(Array(sums[start..<start + measure.width]), chosen.count)
        }
    }

    private func difference(_ value: (ExampleMeasure) -> Double) -> Double {
        var (first, second) = (0.0, 0.0)
        for (place, measure) in measures.enumerated() {
            let value = value(measure)
            if place < firstCount { first += value } else { second += value }
        }
        return second / Double(measures.count - firstCount) - first / Double(firstCount)
    }
}
