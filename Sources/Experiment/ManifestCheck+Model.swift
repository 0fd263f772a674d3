import Configuration
import Files
import Models
import NN
import Tasks
import Tensors
import Tuners
import YAML

extension ManifestCheck {
    /// Builds the model without weights, which finds everything that does not fit.
    func checkModel(_ diagnostics: inout Diagnostics) throws {
        guard checkOrigin(&diagnostics) else { return }
        do { try build(&diagnostics) } catch let error as CheckpointError {
            // What stands in the manifest itself is a mistake in it.
            guard case .mapping? = manifest.model.config else { throw error }
            switch error.reason {
            case .text(let mistake): diagnostics.report(mistake)
            case .malformed(let message): report("model.config", message, &diagnostics)
            default: report("model.config", "\(error)", &diagnostics)
            }
        }
    }

    private func build(_ diagnostics: inout Diagnostics) throws {
        // What a configuration leaves to the tokenizer is known when that is read.
        let config = ModelConfig(try ModelOrigin.config(manifest.model, vocabulary: 1))
        guard let entry = backbones.first(where: { $0.name == config.modelType }) else {
            let known = backbones.map(\.name).joined(separator: ", ")
            report(
                originKey,
                "the model is of type '\(config.modelType ?? "unknown")', which is not supported; supported: \(known)",
                &diagnostics)
            return
        }
        guard let task = manifest.task, !tuners.isEmpty, let head = heads.first(where: { $0.name == task.name }) else {
            return
        }
        let store = ParameterStore(nil, prefix: entry.prefix, seed: 0)
        let backbone = try entry.make(config, BackboneOptions(manifest.model, head), store)
        if let refusal = head.refusal(backbone.kind) {
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
        let position = task.entry.make(task.settings).classifierPosition
        if let mistake = BuiltModel.mistake(position, backbone, graph) {
            report("task.classifier_position", mistake, &diagnostics)
        }
        if !manifest.model.frozenDropout, backbone.kind == .encoderDecoder {
            report(
                "model.frozen_dropout",
                "an encoder-decoder has dropout in both networks or, with 'hidden_dropout_prob: 0' and 'attention_probs_dropout_prob: 0', "
                    + "in none; leave it out", &diagnostics)
        }
        checkAdapter(graph, &diagnostics)
        _ = try head.make(HeadSite(backbone, labels: LabelSpace(names: ["a", "b"]), config: config), store)
        checkKeys(config, entry, &diagnostics)
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
                originKey,
                "\(task.name) needs \(segments) segments, but the model's type_vocab_size is \(backbone.tokenTypeCount)",
                &diagnostics)
        }
    }

    /// A configuration in the manifest has no keys that nothing reads; a file may have those of other programs.
    private func checkKeys(_ config: ModelConfig, _ entry: BackboneEntry, _ diagnostics: inout Diagnostics) {
        guard case .mapping? = manifest.model.config else { return }
        for pair in config.keysWithoutMeaning {
            let near = Suggestion.nearest(to: pair.key, among: config.knownKeys).map { "; did you mean '\($0)'?" }
            diagnostics.error(
                at: pair.keyLocation,
                "a model of type '\(entry.name)' does not read '\(pair.key)'\(near ?? "; leave it out")")
        }
    }

    /// What the adapter holds must have a place, in its shape; heads are looked at when the labels are known.
    private func checkAdapter(_ graph: TunerGraph, _ diagnostics: inout Diagnostics) {
        guard let adapter else { return }
        if let name = adapter.taskName, let task = manifest.task?.name, name != task {
            report("model.adapter", "the adapter was made for \(name), not for \(task)", &diagnostics)
        }
        if let task = manifest.task, let known = adapter.classifierPosition, graph.prompt != nil,
            known != task.entry.make(task.settings).classifierPosition
        {
            report(
                "model.adapter",
                "the adapter's classifier reads the \(known.rawValue.replacing("_", with: " ")); set task.classifier_position to "
                    + "\(known.rawValue)", &diagnostics)
        }
        let own = Set(graph.parameters.map(\.path))
        if let name = adapter.values.keys.sorted().first(where: { name in
            !own.contains(name) && !PEFTConfig.headNames.contains(String(name.prefix { $0 != "." }))
        }) {
            report(
                "model.adapter",
                "'\(name)' of the adapter has no place in this model; does it belong to another method?",
                &diagnostics)
            return
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
        report(key, "\(sum) are more than the model's \(positions) \(backbone.positionsName); \(advice)", &diagnostics)
    }
}

extension BackboneOptions {
    /// What a manifest changes of the checkpoint's configuration.
    init(_ section: ModelSection, _ head: HeadEntry) {
        self.init(head, hiddenDropout: section.hiddenDropout, attentionDropout: section.attentionDropout)
    }
}
