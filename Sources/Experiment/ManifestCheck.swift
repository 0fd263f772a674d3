import Configuration
import Files
import Models
import NN
import Results
import Tasks
import Tensors
import Training
import Tuners
import YAML

/// What must hold between the parts of a manifest, and between it and the files it names.
///
/// Reads the model's `config.json` and no other content: neither weights nor data.
struct ManifestCheck {
    private let manifest: Manifest
    private let root: Node
    private let tuners: [NamedTuner]
    private let adapter: SavedAdapter?

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
    private func tunerKey(_ index: Int) -> String { root["peft"]?.elements == nil ? "peft" : "peft.\(index)" }

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
                ("data", dataContradictions),
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
        guard let data = manifest.data, let kind = manifest.task?.entry.records,
            data.entry.records.contains(where: { $0 == kind })
        else { return [] }
        return data.entry.contradictions(data.settings, kind)
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
        let wanted = task.entry.records
        if !data.entry.records.contains(where: { $0 == wanted }) {
            let fitting = formats.filter { $0.records.contains { $0 == wanted } }.map(\.name).joined(separator: ", ")
            report(
                "data.format",
                "files of the format '\(data.name)' hold \(data.entry.recordKinds); \(task.name) needs \(wanted.kind), "
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

    /// Builds the model without weights, which finds everything that does not fit.
    private func checkModel(_ diagnostics: inout Diagnostics) throws {
        let path = manifest.model.path
        guard !path.isEmpty else { return }
        guard Folder.exists(path) else {
            let isFile = FileContents.exists(path)
            report(
                "model.path", isFile ? "'\(path)' is a file; give the folder it is in" : "there is no folder '\(path)'",
                &diagnostics)
            return
        }
        guard FileContents.exists("\(path)/config.json") else {
            report(
                "model.path", "the folder '\(path)' has no config.json; is it a Hugging Face checkpoint?", &diagnostics)
            return
        }
        let config = ModelConfig(try Checkpoint.config(in: path))
        guard let entry = backbones.first(where: { $0.name == config.modelType }) else {
            let known = backbones.map(\.name).joined(separator: ", ")
            report(
                "model.path",
                "'\(path)' is a model of type '\(config.modelType ?? "unknown")', which is not supported; supported: \(known)",
                &diagnostics)
            return
        }
        guard let task = manifest.task, !tuners.isEmpty, let head = heads.first(where: { $0.name == task.name }) else {
            return
        }
        let store = ParameterStore(nil, prefix: entry.prefix, seed: 0)
        let backbone = try entry.make(config, BackboneOptions(manifest.model, head), store)
        if let refusal = head.refusal(backbone.isCausal) {
            report(
                "task.task_type", "\(task.name) does not go with a model of type '\(entry.name)': \(refusal)",
                &diagnostics)
            return
        }
        var graph = TunerGraph(entry, backbone, store)
        for (index, method) in tuners.enumerated() {
            do { try method.tuner.attach(to: &graph) } catch let error as AttachmentError {
                let key = tunerKey(index)
                report(error.key.map { "\(key).\($0)" } ?? key, "\(method.name): \(error)", &diagnostics)
                return
            }
        }
        checkAdapter(graph, &diagnostics)
        _ = try head.make(HeadSite(backbone, labels: LabelSpace(names: ["a", "b"]), config: config), store)
        if graph.trained.isEmpty {
            report(
                "peft",
                "\(tuners.map(\.name).joined(separator: ", ")) with \(task.name) trains nothing: the head is the "
                    + "checkpoint's own; choose another method", &diagnostics)
        }
        checkPositions(backbone, graph, task, &diagnostics)
        checkVirtualTokens(graph, task, &diagnostics)
        let segments = task.entry.segments(task.settings)
        if backbone.tokenTypeCount < segments {
            report(
                "model.path",
                "\(task.name) needs \(segments) segments, but the model's type_vocab_size is \(backbone.tokenTypeCount)",
                &diagnostics)
        }
    }

    /// What the adapter holds must have a place, in its shape; heads are looked at when the labels are known.
    private func checkAdapter(_ graph: TunerGraph, _ diagnostics: inout Diagnostics) {
        guard let adapter else { return }
        if let name = adapter.taskName, let task = manifest.task?.name, name != task {
            report("model.adapter", "the adapter was made for \(name), not for \(task)", &diagnostics)
        }
        for parameter in graph.parameters where parameter.owner == .tuner {
            guard let value = adapter.values[parameter.path] else {
                report(
                    "model.adapter",
                    "the adapter has no values for '\(parameter.path)'; does it belong to another method?",
                    &diagnostics)
                return
            }
            if value.shape != parameter.shape {
                report(
                    "model.adapter",
                    "'\(parameter.path)' of the adapter has the shape \(value.shape), this model needs \(parameter.shape)",
                    &diagnostics)
                return
            }
        }
    }

    /// Virtual tokens that a template places need a method that gives them embeddings, as many.
    private func checkVirtualTokens(
        _ graph: TunerGraph, _ task: Tagged<TaskEntry>, _ diagnostics: inout Diagnostics
    ) {
        let (placed, made) = (task.entry.virtualTokens(task.settings), graph.prompt?.length ?? 0)
        guard placed > 0, placed != made, !diagnostics.isInDoubt("task.template") else { return }
        let advice =
            made == 0
            ? "give a method that has them, such as P_TUNING with num_virtual_tokens: \(placed)"
            : "the method has \(made); set num_virtual_tokens to \(placed)"
        report("task.template", "the template places \(placed) virtual tokens; \(advice)", &diagnostics)
    }

    private func checkPositions(
        _ backbone: any Backbone, _ graph: TunerGraph, _ task: Tagged<TaskEntry>, _ diagnostics: inout Diagnostics
    ) {
        let length = task.entry.maxSequenceLength(task.settings)
        let placed = task.entry.virtualTokens(task.settings) > 0
        let prefix = (graph.prefix?.length ?? 0) + (placed ? 0 : graph.prompt?.length ?? 0)
        guard let positions = backbone.maximumPositions, length + prefix > positions,
            !diagnostics.isInDoubt("task.max_seq_length"), !diagnostics.isInDoubt("peft")
        else { return }
        let largest = positions - prefix
        let advice =
            largest > 0 ? "lower task.max_seq_length to \(largest)" : "lower peft.num_virtual_tokens below \(positions)"
        let sum = prefix > 0 ? "\(length) tokens and a prefix of \(prefix)" : "\(length) tokens"
        let key =
            root["task"]?["max_seq_length"] != nil || prefix == 0 ? "task.max_seq_length" : "peft.num_virtual_tokens"
        report(key, "\(sum) are more than the model's \(positions) positions; \(advice)", &diagnostics)
    }

    /// Notes a mistake at `key`, unless its value is not what was meant anyway.
    private func report(_ key: String, _ message: String, _ diagnostics: inout Diagnostics) {
        if diagnostics.isInDoubt(key) { return }
        diagnostics.error(at: root.location(of: key), message)
    }
}

extension BackboneOptions {
    /// What a manifest changes of the checkpoint's configuration.
    init(_ section: ModelSection, _ head: HeadEntry) {
        self.init(
            hiddenDropout: section.hiddenDropout, attentionDropout: section.attentionDropout,
            hasSummary: head.readsSummary)
    }
}
