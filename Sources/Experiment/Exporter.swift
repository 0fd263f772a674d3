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
        case .merged:
            try MergedCheckpoint(run.built, run.tuners, taskName: run.taskName, labels: run.labels).write(to: folder)
        }
    }

    /// What is worth knowing about the files.
    public func note(on format: Format) -> String? {
        guard format == .peft, run.built.readsBehindPrompt else { return nil }
        return
            "in PEFT the classifier reads the first virtual token, here the first real one, so PEFT's answers differ; a run with "
            + "task.classifier_position=first_position reads as PEFT does"
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
}
