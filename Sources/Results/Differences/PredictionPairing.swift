import YAML

/// The examples that runs have in common: for each run the places of these among its predictions.
struct PredictionPairing {
    /// The places: `[runs][common examples]`.
    let places: [[Int]]
    /// Whether some run has examples that are not common.
    let isPartial: Bool

    /// Pairs by the examples' ids, or by their order where they have none.
    ///
    /// - Parameter sameFile: whether all runs were scored on the same file, so that the first examples of a longer list are the
    ///   shorter one.
    /// - Throws: `RequestError` where the examples are not the same.
    init(_ runs: [PredictionLines], sameFile: Bool) throws(RequestError) {
        guard let first = runs.first else {
            (places, isPartial) = ([], false)
            return
        }
        let ids = runs.map(\.ids)
        if Set(ids).count > 1 {
            places = try Self.byID(runs, ids)
        } else {
            let counts = Set(runs.map(\.lines.count))
            guard counts.count == 1 || sameFile, let least = counts.min(), least > 0 else {
                let told = runs.map { "\($0.lines.count) in '\($0.file)'" }.joined(separator: ", ")
                throw RequestError("the numbers of examples differ: \(told); score both on the same data")
            }
            places = runs.map { _ in Array(0..<least) }
        }
        isPartial = zip(places, runs).contains { $0.count < $1.lines.count }
        for (run, own) in zip(runs, places).dropFirst() {
            for (mine, other) in zip(own, places[0]) {
                let (line, reference) = (run.lines[mine], first.lines[other])
                guard PredictionLines.question(line) != PredictionLines.question(reference) else { continue }
                throw RequestError(
                    "the examples differ: \(reference.location) and \(line.location) expect different things; "
                        + "score both on the same data")
            }
        }
    }

    private static func byID(_ runs: [PredictionLines], _ ids: [[String]?]) throws(RequestError) -> [[Int]] {
        var indices: [[String: Int]] = []
        for (run, ids) in zip(runs, ids) {
            guard let ids else {
                throw RequestError("the examples of '\(run.file)' have no ids, those of another run have")
            }
            let index = Dictionary(ids.enumerated().map { ($1, $0) }) { first, _ in first }
            guard index.count == ids.count else {
                throw RequestError("an id stands twice in '\(run.file)', so that its examples can not be told apart")
            }
            indices.append(index)
        }
        let common = (ids[0] ?? []).filter { id in indices.allSatisfy { $0[id] != nil } }
        guard !common.isEmpty else {
            let files = runs.map { "'\($0.file)'" }.joined(separator: ", ")
            throw RequestError("there are no common examples in \(files); score both on the same data")
        }
        return indices.map { index in common.compactMap { index[$0] } }
    }
}
