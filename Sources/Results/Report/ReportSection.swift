import YAML

/// The part of a report on runs that were scored on the same examples.
struct ReportSection {
    let runs: [StoredRun]
    private let groups: [RunGroup]
    private let metrics: [String]
    /// The metric that pictures are about.
    private let metric: String?
    /// The keys in which the runs differ, the seed left out.
    private let keys: [String]
    private let logs: [String: MetricsLog]
    private let looks: [String: (name: String, color: String)]

    /// What of the logs can not be read.
    var problems: [String] { logs.sorted { $0.key < $1.key }.compactMap(\.value.problem) }

    /// - Parameter wanted: the metric to draw; what the runs are selected by unless given.
    init(_ runs: [StoredRun], metric wanted: String?) {
        self.runs = runs
        let names = ResultNames(runs)
        metrics = names.metrics
        let selecting = runs.lazy.compactMap { $0.settings["train.metric_for_best_model"]?.plainText }
        let usual = ["f1", "f1_micro", "accuracy", "exact_match", "pearson", "perplexity", "loss"]
        let candidates = [wanted].compactMap(\.self) + selecting.map { $0.replacing("eval_", with: "") } + usual
        let metric = candidates.first(where: metrics.contains) ?? metrics.first
        self.metric = metric
        keys = UsualColumns.telling(runs, names.settings).filter { $0 != Settings.seedKey }
        let places = runs.compactMap(\.path)
        logs = Dictionary(places.map { ($0, MetricsLog($0)) }) { first, _ in first }
        let all = RunGroup.groups(of: runs)
        // One group has one look, whatever became of its runs.
        var seen: [[String: JSON]: Int] = [:]
        let ranked = all.sorted { first, second in
            guard let metric, let run = first.runs.first else { return false }
            let (a, b) = (first.sample(metric)?.mean, second.sample(metric)?.mean)
            guard let a, let b else { return a != nil }
            return run.isHigherBetter(metric) ? a > b : a < b
        }
        for group in ranked { if let key = group.runs.first?.identity, seen[key] == nil { seen[key] = seen.count } }
        let colors = ReportColors.colors(seen.count)
        let labels = Self.labels(ranked, keys)
        var looks: [String: (name: String, color: String)] = [:]
        for run in runs {
            let place = seen[run.identity] ?? 0
            looks[run.place] = (labels[run.identity] ?? run.record.name, colors[place])
        }
        (groups, self.looks) = (ranked, looks)
    }

    /// What each group is called: its name, and of what it differs in as much as tells it from the others.
    private static func labels(_ groups: [RunGroup], _ keys: [String]) -> [[String: JSON]: String] {
        let runs = groups.compactMap(\.runs.first)
        let count = Set(runs.map(\.identity)).count
        func distinct(_ chosen: [String]) -> Int { Set(runs.map { run in chosen.map { run.settings[$0] } }).count }
        var chosen: [String] = []
        for key in ["name"] + keys where distinct(chosen) < count {
            if distinct(chosen + [key]) > distinct(chosen) { chosen.append(key) }
        }
        return Dictionary(
            runs.map { run in
                let parts = chosen.compactMap { key -> String? in
                    guard let value = run.settings[key], value != .null else { return nil }
                    let last = key.split(separator: ".").last.map(String.init) ?? key
                    return value.double == nil ? value.plainText : "\(last) \(value.plainText)"
                }
                return (run.identity, parts.isEmpty ? run.record.name : parts.joined(separator: ", "))
            }
        ) { first, _ in first }
    }

    /// What the section is about.
    private var title: String {
        let run = runs.first
        let file = run?.settings["data.eval"]?.plainText.split(separator: "/").last.map(String.init)
        let task = run?.record.task ?? ""
        return file == nil || file == "null" ? "\(task), not scored" : "\(task) on \(file ?? "")"
    }

    var html: [HTML] {
        let pictures = curves + marks
        return [.element("h2", [:], title)] + tables + [legend]
            + (pictures.isEmpty ? [] : [.element("div", ["class": "charts"], pictures)])
            + [parallel].compactMap(\.self) + plan
    }

    private var tables: [HTML] {
        var request = TableRequest()
        request.isGrouped = true
        guard let grouped = try? ResultTable(runs, request), let single = try? ResultTable(runs) else { return [] }
        let note =
            "Mean ± half the 95% interval over seeds (Student's t); the best is marked. Only finished runs count."
        guard groups.count < runs.count else { return [ReportTable(single).html] }
        return [
            ReportTable(grouped).html, .element("p", ["class": "note"], note),
            .element("details", [:], [.element("summary", [:], "All \(runs.count) runs"), ReportTable(single).html]),
        ]
    }

    private var legend: HTML {
        var shown: Set<String> = []
        let items = groups.compactMap(\.runs.first).compactMap { run -> HTML? in
            guard let look = looks[run.place], shown.insert(look.color + look.name).inserted else { return nil }
            let swatch = HTML.element("span", ["class": "swatch", "style": "background:\(look.color)"], [HTML]())
            return .element("li", [:], [swatch, .text(look.name)])
        }
        return .element("ul", ["class": "legend"], items)
    }

    private func name(_ run: StoredRun) -> String {
        let seed = run.seed.map { ", seed \($0.plainText)" } ?? ""
        return "\(looks[run.place]?.name ?? run.record.name)\(seed), run \(run.record.runID)"
    }

    private func color(_ run: StoredRun) -> String { looks[run.place]?.color ?? "currentColor" }

    private var curves: [HTML] {
        let names = ["loss"] + Set(logs.values.flatMap(\.series.keys)).filter { $0.hasPrefix("eval_") }.sorted()
        return names.compactMap { series in
            let curves = runs.compactMap { run -> CurveChart.Curve? in
                guard let points = run.path.flatMap({ logs[$0]?.series[series] }) else { return nil }
                return CurveChart.Curve(
                    name: name(run), color: color(run), isEnded: run.record.status != .finished, points: points)
            }
            return CurveChart(title: series == "loss" ? "Loss in training" : series, curves: curves).html
        }
    }

    private var finished: [StoredRun] { runs.filter { $0.record.status == .finished } }

    private var marks: [HTML] {
        guard let metric else { return [] }
        return keys.compactMap { key in
            let marks = finished.compactMap { run -> SettingChart.Mark? in
                guard let value = run.record.metrics[metric], let setting = run.settings[key], setting != .null else {
                    return nil
                }
                return SettingChart.Mark(name: name(run), color: color(run), setting: setting, value: value)
            }
            guard Set(marks.map(\.setting.plainText)).count > 1 else { return nil }
            return SettingChart(title: "\(metric) by \(key)", marks: marks).html
        }
    }

    private var parallel: HTML? {
        let runs = finished
        // Names and paths say what the settings say; what is not set everywhere comes after what is.
        let settings = keys.filter { key in
            key != "name" && Set(runs.map { $0.settings[key]?.plainText }).count > 1
        }
        let common = settings.filter { key in runs.allSatisfy { $0.settings[key] != nil } }
        let rare = settings.filter { !common.contains($0) }
        let axes = (common + rare).prefix(7).map { key in
            ParallelChart.Axis(
                name: key.split(separator: ".").last.map(String.init) ?? key,
                values: runs.map { $0.settings[key].flatMap { $0 == .null ? nil : $0 } })
        }
        let ends = metrics.prefix(4).map { metric in
            ParallelChart.Axis(name: metric, values: runs.map { $0.record.metrics[metric].map(JSON.number) })
        }
        guard !axes.isEmpty else { return nil }
        return ParallelChart(runs: runs.map { (name($0), color($0)) }, axes: axes + ends).html
    }

    private var plan: [HTML] {
        PlanPicture(runs: finished, name: name, color: color).html
    }
}
