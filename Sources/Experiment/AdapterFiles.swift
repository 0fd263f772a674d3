import Files
import Foundation
import NN
import Tensors
import Tuners
import YAML

/// What was trained, as files: in PEFT's form where PEFT has the method, and always every trained parameter as it is.
public struct AdapterFiles {
    /// The name of the file with every trained parameter, re-parametrisations included, under the model's own names.
    public static let stateFile = "training_state.safetensors"

    /// The name of the same file for a training that was interrupted, beside that of its best model so far.
    public static let interruptedFile = "last_state.safetensors"

    private let assembly: Assembly

    /// The files of an assembly's model as it is now.
    public init(_ assembly: Assembly) {
        self.assembly = assembly
    }

    /// Writes the files into `folder`, which is made when it is missing.
    public func write(to folder: String) throws(FileError) {
        try Folder.make(folder)
        try writeState(to: folder)
        let graph = assembly.model.graph
        guard let exported = assembly.resolved.tuner.exported(from: graph) else { return }
        if exported.layout == .adapters { return try AdaptersFolder(assembly, exported).write(to: folder) }
        var tensors = exported.tensors
        let head = graph.trained.filter { $0.owner == .head }
        for parameter in head { tensors[exported.headPrefix + parameter.path] = parameter.variable.value }
        try AtomicFile.write(SafeTensors.data(tensors), to: "\(folder)/adapter_model.safetensors")
        let modules = Set(head.map { $0.path.split(separator: ".").first.map(String.init) ?? $0.path }).sorted()
        let shared: [String: JSON] = [
            "auto_mapping": .null, "base_model_name_or_path": .string(assembly.resolved.manifest.model.path),
            "inference_mode": true, "modules_to_save": .array(modules.map { .string($0) }),
            "peft_type": .string(assembly.resolved.tunerName), "revision": .null,
            "task_type": .string(assembly.resolved.taskName),
        ]
        let config = JSON.object(exported.config.merging(shared) { own, _ in own })
        try AtomicFile.write(config.prettyText, to: "\(folder)/adapter_config.json")
    }

    /// Writes every trained parameter into a file of `folder`, which is made when it is missing.
    public func writeState(to folder: String, file: String = Self.stateFile) throws(FileError) {
        try Self.writeState(of: assembly.model.graph, to: folder, file: file)
    }

    /// Writes every trained parameter of a graph.
    package static func writeState(
        of graph: TunerGraph, to folder: String, file: String = Self.stateFile
    ) throws(FileError) {
        try Folder.make(folder)
        let trained = graph.trained
        let tensors = Dictionary(trained.map { ($0.path, $0.variable.value) }) { first, _ in first }
        try AtomicFile.write(SafeTensors.data(tensors), to: "\(folder)/\(file)")
    }
}
