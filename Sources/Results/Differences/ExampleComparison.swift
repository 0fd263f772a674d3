import Files
import YAML

/// What the predictions of two groups of runs tell of their metrics, example by example.
struct ExampleComparison {
    /// A metric on the common examples, and what is known of its difference.
    struct Found {
        let first: Double
        let second: Double
        let known: MetricDifference.OverExamples?
    }

    private let first: RunGroup
    private let second: RunGroup
    private let resampling: PairedResampling
    /// The predictions of all runs, those of the first group in front; empty where they are not all there.
    private let lines: [PredictionLines]
    private let pairing: PredictionPairing
    /// Why there are no predictions, or what limits them.
    let notes: [String]

    private var runs: [StoredRun] { first.runs + second.runs }

    /// - Throws: what is wrong with the predictions, or `RequestError` where they are of different examples.
    init(_ first: RunGroup, _ second: RunGroup, _ resampling: PairedResampling) throws {
        (self.first, self.second, self.resampling) = (first, second, resampling)
        let runs = first.runs + second.runs
        var lines: [PredictionLines] = []
        var notes: [String] = []
        for run in runs {
            if let path = run.path, let found = try PredictionLines(path) {
                lines.append(found)
            } else if notes.isEmpty {
                notes.append(
                    run.path == nil
                        ? "a table holds no predictions: no interval over examples"
                        : "there is no predictions.jsonl in '\(run.place)': no interval over examples")
            }
        }
        if lines.count < runs.count { lines = [] }
        let files = Set(runs.map { $0.content(of: "data.eval") })
        pairing = try PredictionPairing(lines, sameFile: files.count == 1 && files.first != .some(nil))
        if pairing.isPartial, let count = pairing.places.first?.count {
            notes.append("metrics are of the \(count) examples that all runs have")
        }
        (self.lines, self.notes) = (lines, notes)
    }

    /// Whether there are predictions of all runs.
    var hasPredictions: Bool { !lines.isEmpty }

    /// The difference in `metric`; nil where predictions do not tell it.
    func difference(_ metric: String) throws -> Found? {
        guard hasPredictions, let measures = try measures(metric) else { return nil }
        let chosen = zip(measures, pairing.places).map { $0.selecting($1) }
        let (own, others) = (Array(chosen.prefix(first.runs.count)), Array(chosen.dropFirst(first.runs.count)))
        func mean(_ measures: [ExampleMeasure]) -> Double {
            measures.map(\.value).reduce(0, +) / Double(measures.count)
        }
        let known = resampling.interval(own, others).map { interval in
            MetricDifference.OverExamples(
                count: own[0].count, interval: interval, significance: resampling.significance(own, others))
        }
        return Found(first: mean(own), second: mean(others), known: known)
    }

    /// The metric of each run, taken apart; nil unless it gives what the runs have recorded.
    private func measures(_ metric: String) throws -> [ExampleMeasure]? {
        for positive in positiveClasses {
            let reader = MeasureReader(lines, positive: positive)
            var measures: [ExampleMeasure] = []
            for (run, lines) in zip(runs, lines) {
                guard let measure = try reader.measure(metric, lines), let recorded = run.record.metrics[metric],
                    (measure.value - recorded).magnitude <= 1e-6 * max(1, recorded.magnitude)
                else { break }
                measures.append(measure)
            }
            if measures.count == runs.count { return measures }
        }
        return nil
    }

    /// The classes that binary measures may be about: what the manifest says, else the second label of what it or the data names.
    private var positiveClasses: [JSON?] {
        let named = runs.first?.settings["task.pos_label"]
        if let named, named != .null { return [.string(named.plainText)] }
        if case .array(let labels)? = runs.first?.settings["task.labels"], labels.count > 1 {
            return [.string(labels[1].plainText)]
        }
        var known: Set<String> = []
        for line in lines.lazy.flatMap(\.lines) {
            if case .mapping(let pairs)? = line["scores"]?.content { known.formUnion(pairs.map(\.key)) }
        }
        // Whole numbers by size, then all others letter by letter, as labels are numbered.
        let sorted = known.sorted { first, second in
            switch (Int(first), Int(second)) {
            case (let first?, let second?) where first != second: first < second
            case (.some, nil): true
            case (nil, .some): false
            default: first.unicodeScalars.lexicographicallyPrecedes(second.unicodeScalars)
            }
        }
        return sorted.count > 1 ? [.string(sorted[1])] : [nil]
    }
}
