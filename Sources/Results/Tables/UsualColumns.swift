import YAML

/// The columns of a table for which none are named: what differs between the runs, and what came out.
struct UsualColumns {
    let columns: [ResultColumn]
    /// Those that may be left out where there is no room, the first to go first.
    let spare: [ResultColumn]

    init(_ runs: [StoredRun], isGrouped: Bool) {
        let names = ResultNames(runs)
        let differing = Self.telling(runs, names.settings).filter { !isGrouped || $0 != Settings.seedKey }
        let figures: [ResultColumn] = [.fact("trainable_parameters"), .fact("train_seconds")]
        let reasons = ["stopped_by", "error"].filter { key in runs.contains { $0.facts[key] != nil } }
        columns =
            [isGrouped ? .runs : .fact("run_id")] + differing.map { .setting($0) }
            + names.metrics.map { .metric($0) } + [.fact("status")] + reasons.map { .fact($0) } + figures
        // Of the metrics only the first one is never left out; that all have finished says least.
        let status: [ResultColumn] = runs.allSatisfy { $0.record.status == .finished } ? [.fact("status")] : []
        spare =
            status + Self.byWorth(differing, runs, figures) + names.metrics.dropFirst().reversed().map { .metric($0) }
    }

    /// The columns in the order in which they may be missed: settings that differ only between runs of different data, which have
    /// nothing to be compared in; those that not all runs have; figures; and the others, each time the last first.
    private static func byWorth(
        _ keys: [String], _ runs: [StoredRun], _ figures: [ResultColumn]
    ) -> [ResultColumn] {
        let contests = Dictionary(grouping: runs, by: \.evaluation).values
        let deciding = Set(contests.flatMap { differing($0, keys) })
        let common = Set(keys.filter { key in runs.allSatisfy { $0.settings[key] != nil } })
        let classes = [
            keys.filter { !deciding.contains($0) && $0 != "name" },
            keys.filter { deciding.contains($0) && !common.contains($0) },
        ]
        let last = keys.filter { common.contains($0) && (deciding.contains($0) || $0 == "name") }
        return classes.flatMap { $0.reversed() }.map { .setting($0) } + figures.reversed()
            + last.reversed().map { .setting($0) }
    }

    /// The keys that tell runs apart.
    ///
    /// A key that only some methods have, and all of them with one value, says no more than the method does; it stays where nothing
    /// else tells two runs apart.
    static func telling(_ runs: [StoredRun], _ keys: [String]) -> [String] {
        let differing = differing(runs, keys)
        func distinct(_ keys: Set<String>) -> Int {
            Set(runs.map { run in Dictionary(keys.map { ($0, run.content(of: $0) ?? .null) }) { $1 } }).count
        }
        var told = Set(
            differing.filter { key in
                let owners = runs.filter { $0.settings[key] != nil }
                return owners.count == runs.count || !Self.differing(owners, [key]).isEmpty
            })
        let goal = distinct(Set(differing))
        var known = distinct(told)
        for key in differing where known < goal && !told.contains(key) {
            let count = distinct(told.union([key]))
            if count > known { (known, _) = (count, told.insert(key)) }
        }
        return differing.filter(told.contains)
    }

    /// The keys in which runs differ; a path that leads to the same files does not.
    static func differing(_ runs: [StoredRun], _ keys: [String]) -> [String] {
        guard let first = runs.first else { return [] }
        return keys.filter { key in
            let value = first.content(of: key) ?? .null
            return runs.contains { !($0.content(of: key) ?? .null).isSame(as: value) }
        }
    }
}
