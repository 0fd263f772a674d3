import YAML

/// A page on all runs of some folders: one file that needs nothing else, to be read on any screen or printed.
public struct Report: Sendable {
    /// The page.
    public let html: String
    /// What of the logs can not be read and is not in the pictures.
    public let problems: [String]

    /// - Parameters:
    ///   - title: what stands above it.
    ///   - metric: the one to draw; what the runs were selected by unless given.
    /// - Throws: `RequestError` where there is no run, or no such metric.
    public init(_ collection: RunCollection, title: String, metric: String? = nil) throws(RequestError) {
        guard !collection.runs.isEmpty else { throw RequestError("there are no runs in '\(title)'") }
        let known = ResultNames(collection.runs).metrics
        if let metric, !known.contains(metric) { throw .noMetric(metric, among: known) }
        var contests: [(evaluation: [String], runs: [StoredRun])] = []
        for run in collection.runs {
            if let place = contests.firstIndex(where: { $0.evaluation == run.evaluation }) {
                contests[place].runs.append(run)
            } else {
                contests.append((run.evaluation, [run]))
            }
        }
        let sections = contests.map { ReportSection($0.runs, metric: metric) }
        let problems = sections.flatMap(\.problems)
        self.problems = problems
        html = HTML.document(
            head: Self.head(title),
            body: [
                .element("h1", [:], title), .element("p", ["class": "note"], Self.summary(collection.runs)),
            ] + Self.told(collection.problems + problems) + sections.flatMap(\.html))
    }

    private static func head(_ title: String) -> [HTML] {
        [
            .void("meta", ["charset": "utf-8"]),
            .void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
            // Whatever should stand in it: the page asks nobody for anything and runs nothing.
            .void(
                "meta",
                [
                    "http-equiv": "Content-Security-Policy",
                    "content": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
                ]),
            .void("link", ["rel": "icon", "href": "data:,"]), .element("title", [:], title), .style(ReportStyle.rules),
        ]
    }

    private static func summary(_ runs: [StoredRun]) -> String {
        let counts = RunRecord.Status.allCases.compactMap { status -> String? in
            let count = runs.count { $0.record.status == status }
            return count == 0 ? nil : "\(count) \(status.rawValue)"
        }
        let last = runs.compactMap(\.record.ended).max().map { "; the last ended \($0)" } ?? ""
        return "\(runs.count == 1 ? "1 run" : "\(runs.count) runs"): \(counts.joined(separator: ", "))\(last)"
    }

    private static func told(_ problems: [String]) -> [HTML] {
        guard !problems.isEmpty else { return [] }
        return [.element("ul", ["class": "problems"], problems.map { .element("li", [:], "left out: \($0)") })]
    }
}
