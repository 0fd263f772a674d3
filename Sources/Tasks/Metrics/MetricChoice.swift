import Configuration

/// The measures that a task's settings ask for.
struct MetricChoice {
    /// The names as they stand in the manifest; empty for the usual ones.
    let names: [String]
    /// The usual ones of the task, the one to select by first.
    let usual: [String]
    /// What they are computed from.
    let outcomes: any Outcomes.Type

    /// All that can be asked for.
    var possible: [MetricEntry] { metrics.filter { $0.outcomes == outcomes } }

    /// The measures in the order of their names; the first one tells which model is best.
    var chosen: [MetricEntry] {
        (names.isEmpty ? usual : names).compactMap { name in possible.first { $0.name == name } }
    }

    /// Names that no measure of the task has, or that stand twice.
    ///
    /// - Parameter key: the key that decides what the measures are computed from.
    func contradictions(with key: String) -> [Contradiction] {
        var seen: Set<String> = []
        return names.compactMap { name in
            if let message = mistake(in: name) { return Contradiction(key: "metrics", with: key, message: message) }
            if seen.insert(name).inserted { return nil }
            return Contradiction(key: "metrics", with: key, message: "'\(name)' stands there twice")
        }
    }

    private func mistake(in name: String) -> String? {
        let known = possible.map(\.name)
        if known.contains(name) { return nil }
        let near = Suggestion.nearest(to: name, among: known).map { "; did you mean '\($0)'?" }
        return "\(outcomes.kind) have no metric '\(name)'" + (near ?? "; they have \(known.joined(separator: ", "))")
    }

    /// Every measure of what was predicted.
    func measures(of outcomes: any Outcomes, prefix: String = "") -> [Metric] {
        chosen.map { $0.metric(of: outcomes, prefix: prefix) }
    }
}
