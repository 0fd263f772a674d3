import Files
import Foundation
import NN
import Results
import Tensors
import Tuners
import YAML

/// Writes what a run has trained in a form that other programs read.
public struct Exporter {
    /// A form.
    public enum Format: String, CaseIterable, Sendable {
        /// PEFT's adapter, or that of the library that has the method.
        case peft
        /// A checkpoint that needs no adapter.
        case merged
    }

    private let run: TrainedRun

    /// The run in `folder`.
    public init(run folder: String) throws {
        run = try TrainedRun(folder)
    }

    /// Writes the files into `folder`, which is made when it is missing.
    public func write(_ format: Format, to folder: String) throws {
        switch format {
        case .peft: try writeAdapter(to: folder)
        case .merged: try writeMerged(to: folder)
        }
    }

    private func writeAdapter(to folder: String) throws {
        let graph = run.built.model.graph
        if let method = run.tuners.first(where: { $0.tuner.exported(from: graph) == nil }) {
            throw AdapterError(
                folder,
                "no other library has an adapter for \(method.name) as it is set in this run; 'export --format merged' writes a "
                    + "whole checkpoint where weights compute the same")
        }
        // What the run wrote knows more than its parameters: which ranks AdaLoRA left.
        try Self.copy(run.adapterPath, to: folder)
    }

    /// Copies the files of a folder, and of those in it.
    private static func copy(_ source: String, to target: String) throws {
        try Folder.make(target)
        for name in try Folder.names(in: source) {
            let (from, to) = ("\(source)/\(name)", "\(target)/\(name)")
            if Folder.exists(from) {
                try copy(from, to: to)
            } else {
                try AtomicFile.write(try FileContents.data(at: from), to: to)
            }
        }
    }

    private func writeMerged(to folder: String) throws {
        let graph = run.built.model.graph
        var weights: [String: Tensor] = [:]
        let parameters = Dictionary(graph.parameters.map { ($0.path, $0) }) { first, _ in first }
        for method in run.tuners {
            guard let merged = method.tuner.merged(in: graph) else {
                throw AdapterError(
                    folder, "\(method.name) cannot be merged: no weights compute the same; use 'export --format peft'")
            }
            for (path, value) in merged {
                // A method that trains the weight itself leaves it as it is for one that adds to it.
                let own = parameters[path]?.variable.value
                if value == own && weights[path] != nil { continue }
                if let other = weights[path], other != value, other != own {
                    throw AdapterError(
                        folder, "two methods change '\(path)'; they cannot be merged into one checkpoint")
                }
                weights[path] = value
            }
        }
        for parameter in graph.parameters where parameter.owner != .tuner {
            weights[parameter.path] = weights[parameter.path] ?? parameter.variable.value
        }
        try Folder.make(folder)
        try AtomicFile.write(SafeTensors.data(weights), to: "\(folder)/model.safetensors")
        try AtomicFile.write(try config().prettyText, to: "\(folder)/config.json")
        for name in try Folder.names(in: run.built.path) where Self.isTokenizerFile(name) {
            try AtomicFile.write(try FileContents.data(at: "\(run.built.path)/\(name)"), to: "\(folder)/\(name)")
        }
    }

    /// The checkpoint's configuration, with the head's architecture and labels.
    private func config() throws -> JSON {
        let node = try Checkpoint.config(in: run.built.path)
        guard case .object(var config) = JSON(node) else { return JSON(node) }
        let model = run.built.model
        config["architectures"] = [.string(model.className)]
        guard LabelFile.hasNamedLabels(run.taskName) else { return .object(config) }
        let names = run.labels.kind == .value ? ["LABEL_0"] : run.labels.names
        let pairs = names.enumerated().map { ($1, $0) }
        config["id2label"] = .object(Dictionary(pairs.map { ("\($1)", .string($0)) }) { first, _ in first })
        config["label2id"] = .object(Dictionary(pairs.map { ($0, .integer($1)) }) { first, _ in first })
        let problems: [LabelSpace.Kind: String] = [
            .classes: "single_label_classification", .flags: "multi_label_classification", .value: "regression",
        ]
        if run.taskName == "SEQ_CLS" { config["problem_type"] = problems[run.labels.kind].map { .string($0) } ?? .null }
        return .object(config)
    }

    private static func isTokenizerFile(_ name: String) -> Bool {
        ["vocab.txt", "vocab.json", "merges.txt", "added_tokens.json", "special_tokens_map.json"].contains(name)
            || name.hasPrefix("tokenizer")
    }
}
