import YAML

/// One column of a table of results: what of a run stands in it.
struct ResultColumn: Hashable, Sendable {
    /// Where the values come from.
    enum Source: Hashable {
        /// A key of the manifest.
        case setting
        /// A key of the record.
        case fact
        /// The folder.
        case path
        /// How many runs a row stands for.
        case runs
    }

    /// The whole dotted name, which scripts read.
    let name: String
    let source: Source

    static let path = ResultColumn(name: "path", source: .path)
    static let runs = ResultColumn(name: "runs", source: .runs)

    private static let metricPrefix = "metrics."

    static func setting(_ key: String) -> ResultColumn { ResultColumn(name: key, source: .setting) }
    static func fact(_ key: String) -> ResultColumn { ResultColumn(name: key, source: .fact) }
    static func metric(_ name: String) -> ResultColumn { .fact(metricPrefix + name) }

    /// The metric that stands in it, if one does.
    var metric: String? {
        source == .fact && name.hasPrefix(Self.metricPrefix) ? String(name.dropFirst(Self.metricPrefix.count)) : nil
    }

    /// Whether what stands in it was measured, so that it has a mean.
    var isMeasured: Bool { source == .fact }

    /// Short words for some names, in tables and where columns are asked for.
    static let shortNames = [
        "run_id": "run", "runs": "n", "trainable_parameters": "trained", "total_parameters": "parameters",
        "train_seconds": "time", "tokens_per_second": "tokens/s", "peak_rss_bytes": "memory",
    ]

    /// The words above it, where its whole name is needed.
    var title: String { Self.shortNames[name] ?? metric ?? name }

    /// The words above each of some columns: of a setting the last part of its name, where that tells it from the others.
    static func titles(_ columns: [ResultColumn]) -> [String] {
        func end(_ column: ResultColumn) -> String {
            column.source == .setting ? column.name.split(separator: ".").last.map(String.init) ?? "" : column.title
        }
        let counts = Dictionary(columns.map { (end($0), 1) }, uniquingKeysWith: +)
        return columns.map { counts[end($0)] == 1 ? end($0) : $0.title }
    }

    /// What of a run stands in it; nil for nothing.
    func value(of run: StoredRun) -> JSON? {
        let value: JSON? =
            switch source {
            case .setting: run.settings[name]
            case .fact: run.facts[name]
            case .path: run.path.map(JSON.string)
            case .runs: 1
            }
        return value == .null ? nil : value
    }

    /// A number of this column as people read it.
    func text(_ number: Double) -> String {
        switch name {
        case _ where metric != nil: return FigureText.metric(number)
        case "trainable_parameters", "total_parameters", "tokens_per_second": return FigureText.count(number)
        case _ where name.hasSuffix("_seconds"): return FigureText.duration(number)
        case _ where name.hasSuffix("_bytes"): return FigureText.bytes(number)
        default: return Int(exactly: number).map { "\($0)" } ?? JSON.number(number).compactText
        }
    }

    /// Half the width of the interval around `number`, as exact as the number is written.
    func text(half: Double, of number: Double) -> String {
        metric == nil ? text(half) : FigureText.fixed(half, decimals: number.magnitude <= 1 ? 4 : 2)
    }
}
