import Files
import YAML

/// The finished runs below a folder: a folder of results, of one experiment, or of one run.
public struct RunListing: Sendable {
    /// Their records, best first by their first common metric, in the order of their names.
    public let records: [RunRecord]
    /// What looked like a run and could not be read.
    public let problems: [String]

    /// Reads every `result.json` at `path` and up to two folders below.
    /// - Throws: when there is no such folder.
    public init(_ path: String) throws(FileError) {
        var records: [RunRecord] = []
        var problems: [String] = []
        func visit(_ folder: String, depth: Int) throws(FileError) {
            let file = "\(folder)/result.json"
            if FileContents.exists(file) {
                do throws(TextError) {
                    let text: String
                    do { text = try FileContents.text(at: file) } catch { problems.append("\(error)"); return }
                    let record = try RunRecord(text, file: file)
                    if record.status == .finished { records.append(record) }
                } catch { problems.append("\(error)") }
            } else if depth < 2 {
                for name in (try? Folder.names(in: folder)) ?? [] { try visit("\(folder)/\(name)", depth: depth + 1) }
            }
        }
        _ = try Folder.names(in: path)
        try visit(path, depth: 0)
        let metric = Set(records.flatMap(\.metrics.keys)).sorted().first
        self.records = records.sorted { left, right in
            let (a, b) = (metric.flatMap { left.metrics[$0] }, metric.flatMap { right.metrics[$0] })
            return (a ?? -.infinity, right.runID.text) > (b ?? -.infinity, left.runID.text)
        }
        self.problems = problems
    }

    /// One line per run: what it was, what it trained, what came out.
    public var table: TextTable {
        let metrics = Set(records.flatMap(\.metrics.keys)).sorted()
        var table = TextTable(
            [.text("experiment"), .text("run"), .text("method"), .number("steps"), .number("trained")]
                + metrics.map { .number($0) } + [.number("time"), .number("tokens/s"), .number("memory")])
        for record in records {
            table.append(
                [
                    record.name, record.runID.text, record.method, record.steps.map { "\($0)" } ?? "",
                    record.trainableParameters.map(FigureText.count) ?? "",
                ] + metrics.map { metric in record.metrics[metric].map(FigureText.metric) ?? "" } + [
                    record.trainSeconds.map(FigureText.duration) ?? "",
                    record.tokensPerSecond.map(FigureText.count) ?? "",
                    record.peakResidentBytes.map(FigureText.bytes) ?? "",
                ])
        }
        return table
    }
}
