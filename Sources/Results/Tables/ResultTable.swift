import YAML

/// What of some runs is wanted as a table.
public struct TableRequest: Sendable {
    /// The columns by their names; nil for what differs. `default`, `metrics` and `all` stand for several.
    public var columns: [String]?
    /// What a run must be to be shown, all of it.
    public var conditions: [String] = []
    /// The column to sort by, with a dash in front for the other way round.
    public var order: String?
    /// Whether runs that differ in the seed only are one row.
    public var isGrouped = false

    /// All runs, what differs, best first.
    public init() {}
}

/// Runs in rows, and what is said of them in columns.
public struct ResultTable: Sendable {
    /// One row: runs, and the metrics in which no comparable row is better.
    struct Row: Sendable {
        let group: RunGroup
        var best: Set<String> = []
    }

    let columns: [ResultColumn]
    /// The columns that may be left out where there is no room, the first to go first.
    let spare: [ResultColumn]
    private(set) var rows: [Row]

    /// - Throws: `RequestError` where the request names what none of the runs has.
    public init(_ runs: [StoredRun], _ request: TableRequest = TableRequest()) throws(RequestError) {
        let names = ResultNames(runs)
        var conditions: [Condition] = []
        for text in request.conditions { conditions.append(try Condition(text, names)) }
        let shown = runs.filter { run in conditions.allSatisfy { $0.holds(for: run) } }
        let groups = request.isGrouped ? RunGroup.groups(of: shown) : shown.map { RunGroup([$0]) }
        rows = try TableOrder(request.order, names).sorted(groups).map { Row(group: $0) }
        let usual = UsualColumns(shown, isGrouped: request.isGrouped)
        if let wanted = request.columns {
            columns = try Self.columns(wanted, names, usual)
            spare = []
        } else {
            (columns, spare) = (usual.columns, usual.spare)
        }
        markBest(ResultNames(shown).metrics)
    }

    /// Whether no run is as the conditions want it.
    public var isEmpty: Bool { rows.isEmpty }

    private static func columns(
        _ wanted: [String], _ names: ResultNames, _ usual: UsualColumns
    ) throws(RequestError) -> [ResultColumn] {
        var columns: [ResultColumn] = []
        for name in wanted {
            let more: [ResultColumn]
            switch name {
            case "default": more = usual.columns
            case "metrics": more = names.metrics.map { .metric($0) }
            case "all":
                let facts = names.facts.filter { !names.settings.contains($0) }
                more = [.fact("run_id")] + names.settings.map { .setting($0) } + facts.map { .fact($0) }
            default: more = [try names.column(name)]
            }
            for column in more where !columns.contains(column) { columns.append(column) }
        }
        return columns
    }

    /// Marks the best of finished rows that were scored on the same examples, where there are several.
    private mutating func markBest(_ metrics: [String]) {
        for metric in metrics {
            var contests: [[String]: [(place: Int, value: Double)]] = [:]
            for (place, row) in rows.enumerated() {
                guard let run = row.group.runs.first, let value = row.group.sample(metric)?.mean else { continue }
                contests[run.evaluation, default: []].append((place, run.isHigherBetter(metric) ? value : -value))
            }
            for contest in contests.values where contest.count > 1 {
                let values = contest.map(\.value)
                guard let best = values.max(), values.contains(where: { $0 != best }) else { continue }
                for entry in contest where entry.value == best { rows[entry.place].best.insert(metric) }
            }
        }
    }

    /// What stands in a row's cells.
    func cells(_ row: Row) -> [ResultCell] { columns.map { ResultCell($0, row.group) } }
}
