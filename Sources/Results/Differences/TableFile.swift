import Files
import YAML

/// A table of results that was written as CSV or JSON, read back as the runs it tells of.
struct TableFile {
    /// The runs, one for each row.
    let runs: [StoredRun]

    /// Reads the table in `file`.
    /// - Throws: `TextError` where it is damaged, `FileError` where it can not be read, `RequestError` where it is no table.
    init(_ file: String) throws {
        let text = try FileContents.text(at: file)
        var rows: [[(name: String, value: Node)]] = []
        if file.hasSuffix(".json") {
            guard let elements = try JSONText.parse(text, file: file).elements else {
                throw RequestError("'\(file)' is no table; make one with 'table --json'")
            }
            for element in elements {
                guard case .mapping(let pairs) = element.content else {
                    throw TextError("a row of a table must be an object", at: element.location)
                }
                rows.append(pairs.map { ($0.key, $0.value) })
            }
        } else if file.hasSuffix(".csv") {
            rows = try Self.rows(try CSVLines(text, file: file).rows)
        } else {
            throw RequestError("'\(file)' is neither a folder nor a table whose name ends in .json or .csv")
        }
        var runs: [StoredRun] = []
        for row in rows { runs.append(try Self.run(row, file: file)) }
        guard runs.contains(where: { !$0.record.metrics.isEmpty }) else {
            throw RequestError(
                "no column of '\(file)' is a metric (metrics.…); make the table with 'table --format csv'")
        }
        self.runs = runs
    }

    private static func rows(_ lines: [[Node]]) throws(TextError) -> [[(name: String, value: Node)]] {
        guard let head = lines.first else { return [] }
        var rows: [[(name: String, value: Node)]] = []
        for line in lines.dropFirst() {
            guard line.count == head.count, let first = line.first else {
                let place = line.first?.location ?? head[0].location
                throw TextError("the row has \(line.count) cells and the table \(head.count) columns", at: place)
            }
            _ = first
            rows.append(zip(head, line).map { ($0.string ?? "", $1) })
        }
        return rows
    }

    private static func run(_ row: [(name: String, value: Node)], file: String) throws(TextError) -> StoredRun {
        var settings: [(key: String, value: JSON)] = []
        var metrics: [String: Double] = [:]
        var halves: [String: Double] = [:]
        var (count, status) = (1, RunRecord.Status.finished)
        var id: RunID?
        for (name, value) in row where !value.isNull {
            if let metric = ResultColumn.fact(name).metric {
                let number = try value.expect(\.number, name, "a number")
                if metric.hasSuffix(".half_width") {
                    halves[String(metric.dropLast(".half_width".count))] = number
                } else {
                    metrics[metric] = number
                }
            } else if name == ResultColumn.runs.name {
                count = try value.expect(\.integer, name, "a whole number")
            } else if name == "status" {
                guard let known = value.string.flatMap(RunRecord.Status.init) else {
                    throw TextError("'\(value.string ?? "")' is no status of a run", at: value.location)
                }
                status = known
            } else if name == "run_id" {
                id = value.string.flatMap { RunID($0) }
            } else if !isMeasured(name) {
                settings.append((name, JSON(value)))
            }
        }
        let line = row.first?.value.location ?? SourceLocation(file: file)
        var record = RunRecord(id ?? RunID(manifest: "\(line)", files: [:]))
        (record.metrics, record.status) = (metrics, status)
        let samples = Dictionary(
            uniqueKeysWithValues: metrics.map { ($0, Sample(count: count, mean: $1, half: halves[$0])) })
        return StoredRun(
            path: nil, place: "\(line)", record, Settings(settings), samples: count > 1 ? samples : [:])
    }

    /// Whether a column holds what was measured, not what was set.
    private static func isMeasured(_ name: String) -> Bool {
        let first = name.split(separator: ".").first.map(String.init) ?? name
        return ["best", "path"].contains(name) || (first != "name" && RunRecord.fields.contains { $0.key == first })
    }
}
