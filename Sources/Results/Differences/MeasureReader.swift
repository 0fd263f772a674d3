import YAML

/// Takes metrics apart into what each prediction adds to them.
///
/// What a line of `predictions.jsonl` holds tells what was predicted: a class, several labels, a number, tags, an answer, or
/// likelihoods. The formulas are those of the module `Tasks`, in terms that can be summed; that they give what the run has recorded
/// is checked by who asks.
struct MeasureReader {
    /// All labels that stand in the lines of any run, for measures that are about each of them.
    private let labels: [JSON]
    private let indices: [JSON: Int]
    /// The class that binary measures are about.
    let positive: JSON?

    /// - Parameter runs: the predictions of all runs that are compared.
    init(_ runs: [PredictionLines], positive: JSON? = nil) {
        var labels: [JSON] = []
        var indices: [JSON: Int] = [:]
        for label in runs.lazy.flatMap(\.lines).flatMap(Self.labels) where indices[label] == nil {
            indices[label] = labels.count
            labels.append(label)
        }
        (self.labels, self.indices) = (labels, indices)
        self.positive = positive
    }

    /// The labels that a line names.
    private static func labels(_ line: Node) -> [JSON] {
        if line["label"] != nil { return ["label", "expected"].compactMap { line[$0].map { JSON($0) } } }
        guard line["labels"] != nil, case .mapping(let pairs)? = line["scores"]?.content else { return [] }
        return pairs.map { .string($0.key) }
    }

    /// The measure that `metric` names; nil where the lines do not tell what it is made of.
    /// - Throws: `TextError` where a line lacks what the others have.
    func measure(_ metric: String, _ run: PredictionLines) throws(TextError) -> ExampleMeasure? {
        guard let first = run.lines.first else { return nil }
        let found: ExampleMeasure?
        if first["exact_match"] != nil, first["f1"] != nil {
            found = try AnswerTerms.measure(metric, run)
        } else if first["tokens"]?.integer != nil {
            found = try LikelihoodTerms.measure(metric, run)
        } else if first["tags"] != nil {
            found = try TagTerms.measure(metric, run)
        } else if first["labels"] != nil {
            found = try flagMeasure(metric, run)
        } else if first["value"] != nil {
            found = try ValueTerms.measure(metric, run)
        } else if first["label"] != nil {
            found = try classMeasure(metric, run)
        } else {
            found = nil
        }
        if let found { return found }
        // A metric of another kind may still be the mean of what stands in the lines.
        guard run.lines.allSatisfy({ $0[metric]?.number != nil }) else { return nil }
        return .mean(run.lines.compactMap { $0[metric]?.number })
    }

    private func classMeasure(_ metric: String, _ run: PredictionLines) throws(TextError) -> ExampleMeasure? {
        var pairs: [(predicted: Int, actual: Int)] = []
        for line in run.lines {
            let label = JSON(try line.field("label")), expected = JSON(try line.field("expected"))
            pairs.append((indices[label] ?? 0, indices[expected] ?? 0))
        }
        switch metric {
        case "accuracy", "f1_micro": return .mean(pairs.map { $0.predicted == $0.actual ? 1 : 0 })
        case "f1", "precision", "recall":
            guard let positive = positive.flatMap({ indices[$0] }) else { return nil }
            return AgreementTerms.measure(
                metric,
                pairs.map { pair in
                    AgreementTerms.row(predicted: pair.predicted == positive, actual: pair.actual == positive)
                })
        case "f1_macro", "matthews_correlation":
            let rows = pairs.map { pair in
                labels.indices.flatMap { label in
                    AgreementTerms.row(predicted: pair.predicted == label, actual: pair.actual == label)
                }
            }
            return ExampleMeasure(
                width: 3 * labels.count, rows,
                metric == "f1_macro"
                    ? .sums { sums, _ in AgreementTerms.macroF1(sums, occurringOnly: true) }
                    : .sums(AgreementTerms.matthewsCorrelation))
        default: return nil
        }
    }

    private func flagMeasure(_ metric: String, _ run: PredictionLines) throws(TextError) -> ExampleMeasure? {
        var rows: [[Double]] = []
        var hits: [Double] = []
        for line in run.lines {
            let chosen = Set(try line.list("labels").map { JSON($0) })
            let actual = Set(try line.list("expected").map { JSON($0) })
            hits.append(chosen == actual ? 1 : 0)
            rows.append(
                labels.flatMap { AgreementTerms.row(predicted: chosen.contains($0), actual: actual.contains($0)) })
        }
        switch metric {
        case "accuracy": return .mean(hits)
        case "f1_macro":
            return ExampleMeasure(
                width: 3 * labels.count, rows, .sums { sums, _ in AgreementTerms.macroF1(sums, occurringOnly: false) })
        case "f1_micro", "precision", "recall":
            return AgreementTerms.measure(
                metric == "f1_micro" ? "f1" : metric,
                rows.map { row in
                    (0..<3).map { term in stride(from: term, to: row.count, by: 3).reduce(0) { $0 + row[$1] } }
                })
        default: return nil
        }
    }
}

extension Node {
    /// What stands under `key` of a prediction.
    func field(_ key: String) throws(TextError) -> Node {
        guard let value = self[key] else { throw TextError("the prediction has no '\(key)'", at: location) }
        return value
    }

    func figure(_ key: String) throws(TextError) -> Double {
        try field(key).expect(\.number, key, "a number")
    }

    func list(_ key: String) throws(TextError) -> [Node] {
        try field(key).expect(\.elements, key, "a list")
    }
}
