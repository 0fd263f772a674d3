import Configuration
import Files
import Results
import Tasks
import Training
import Tuners
import YAML

/// What must hold between the parts of a manifest, and between it and the files it names.
///
/// Reads the model's `config.json` and no other content: neither weights nor data.
struct ManifestCheck {
    let manifest: Manifest
    let root: Node
    let tuners: [NamedTuner]
    let adapter: SavedAdapter?

    /// - Parameters:
    ///   - tuners: the methods, those of the adapter where the manifest names none.
    ///   - adapter: what training goes on from.
    init(_ manifest: Manifest, _ root: Node, _ tuners: [NamedTuner], _ adapter: SavedAdapter?) {
        self.manifest = manifest
        self.root = root
        self.tuners = tuners
        self.adapter = adapter
    }

    /// The dotted name of method number `index`.
    func tunerKey(_ index: Int) -> String { root["peft"]?.elements == nil ? "peft" : "peft.\(index)" }

    /// Notes every mistake at the key that is to be changed.
    func run(_ diagnostics: inout Diagnostics) throws {
        if !manifest.name.isEmpty && !RunFolder.isValid(name: manifest.name) {
            report(
                "name", "'\(manifest.name)' cannot be a folder's name; use letters, digits, '-', '_' and '.'",
                &diagnostics)
        }
        let contradictions =
            [
                ("task", manifest.task.map { $0.entry.contradictions($0.settings) } ?? []),
                ("task", kindContradictions), ("data", dataContradictions),
                ("train", manifest.train.contradictions),
            ] + tuners.enumerated().map { (tunerKey($0), $1.tuner.contradictions) }
        for (section, found) in contradictions {
            for contradiction in found {
                let (key, other) = ("\(section).\(contradiction.key)", "\(section).\(contradiction.other)")
                if diagnostics.isInDoubt(key) || diagnostics.isInDoubt(other) { continue }
                report(key, "'\(key)': \(contradiction.message)", &diagnostics)
            }
        }
        checkData(&diagnostics)
        try checkModel(&diagnostics)
    }

    /// What of the data's settings does not go together or not with the task, where the format is right for the task.
    private var dataContradictions: [Contradiction] {
        guard let data = manifest.data, let kind else { return [] }
        return data.entry.contradictions(data.settings, kind)
    }

    /// What of the task's settings does not go with what the data is to hold.
    private var kindContradictions: [Contradiction] {
        guard let task = manifest.task, let kind else { return [] }
        return task.entry.contradictions(task.settings, for: kind)
    }

    /// What the data is to hold, where the format is right for the task.
    private var kind: (any DataRecords.Type)? {
        guard let data = manifest.data, let task = manifest.task else { return nil }
        return data.entry.kind(data.settings, task.entry.records)
    }

    private func checkData(_ diagnostics: inout Diagnostics) {
        guard let data = manifest.data else { return }
        let files = manifest.files
        for (key, path) in [("data.train", files.train), ("data.eval", files.eval ?? "")]
        where !path.isEmpty && !FileContents.exists(path) {
            report(
                key, Folder.exists(path) ? "'\(path)' is a folder, not a file" : "there is no file '\(path)'",
                &diagnostics)
        }
        if files.eval == nil, !diagnostics.isInDoubt("data.eval") {
            for (key, isSet) in [
                ("data.max_eval_samples", files.maxEvalSamples != nil),
                ("train.eval_strategy", manifest.train.evaluationStrategy != .no),
                ("train.metric_for_best_model", manifest.train.bestMetric != nil),
            ] where isSet {
                report(key, "'\(key)' needs a file to score on: give 'data.eval'", &diagnostics)
            }
        }
        guard let task = manifest.task else { return }
        if kind == nil {
            let fitting = formats.filter { $0.kind($0.section.defaults, task.entry.records) != nil }.map(\.name)
                .joined(separator: ", ")
            report(
                "data.format",
                "files of the format '\(data.name)' hold \(data.entry.recordKinds); \(task.name) needs \(task.entry.recordKinds), "
                    + "which \(fitting) may hold",
                &diagnostics)
        }
        if !diagnostics.isInDoubt("task") { checkBestMetric(task, &diagnostics) }
    }

    /// The measure that selects must be among those that every evaluation gives.
    private func checkBestMetric(_ task: Tagged<TaskEntry>, _ diagnostics: inout Diagnostics) {
        let (known, possible) = (task.entry.metrics(task.settings), task.entry.possibleMetrics(task.settings))
        guard let metric = manifest.train.bestMetricName, !known.contains(metric) else { return }
        if possible.contains(metric), !diagnostics.isInDoubt("task.metrics") {
            report(
                "train.metric_for_best_model",
                "'\(metric)' is not among the metrics \(known.joined(separator: ", ")); add it to task.metrics",
                &diagnostics)
            return
        }
        let near = Suggestion.nearest(to: metric, among: possible).map { "; did you mean '\($0)'?" }
        let others = "; its metrics are \(possible.joined(separator: ", "))"
        report("train.metric_for_best_model", "\(task.name) has no metric '\(metric)'\(near ?? others)", &diagnostics)
    }

    /// Notes a mistake at `key`, unless its value is not what was meant anyway.
    func report(_ key: String, _ message: String, _ diagnostics: inout Diagnostics) {
        if diagnostics.isInDoubt(key) { return }
        diagnostics.error(at: root.location(of: key), message)
    }
}
