import Files
import Foundation
import NN
import Tensors
import Tuners
import YAML

/// What was trained, as files: in the form of PEFT, or of the library that has the method, and always every trained parameter as it is.
public struct AdapterFiles {
    /// The name of the file with every trained parameter, re-parametrisations included, under the model's own names.
    public static let stateFile = "training_state.safetensors"

    /// Every file that an adapter may have which decides what it computes.
    static let names = ["adapter_config.json", "adapter_model.safetensors", stateFile, LabelFile.name]

    private let built: BuiltModel
    private let tuners: [NamedTuner]
    private let taskName: String
    private let task: Node?
    private let labels: LabelSpace

    /// The files of an assembly's model as it is now.
    public init(_ assembly: Assembly) {
        self.init(
            assembly.built, assembly.resolved.tuners, taskName: assembly.resolved.taskName,
            task: assembly.resolved.manifest.node()["task"], labels: assembly.training.labels)
    }

    /// The files of a model as it is now.
    init(_ built: BuiltModel, _ tuners: [NamedTuner], taskName: String, task: Node?, labels: LabelSpace) {
        self.task = task
        self.built = built
        self.tuners = tuners
        self.taskName = taskName
        self.labels = labels
    }

    /// Writes the files into `folder`, which is made when it is missing. Of several methods each has a folder of its own in it.
    public func write(to folder: String) throws(FileError) {
        try Folder.make(folder)
        try writeState(to: folder)
        try AtomicFile.write(LabelFile.text(labels, task: task), to: "\(folder)/\(LabelFile.name)")
        try writeExchange(to: folder)
    }

    /// Writes the files that other libraries read, when they have all of the methods.
    /// - Returns: the names of methods that no other library has.
    @discardableResult
    func writeExchange(to folder: String) throws(FileError) -> [String] {
        let all = tuners.map { (name: $0.name, files: $0.tuner.exported(from: built.model.graph)) }
        let others = all.filter { $0.files == nil }.map(\.name)
        // Half of what was trained would be read as the whole.
        if !others.isEmpty { return others }
        for (index, method) in all.enumerated() {
            guard let exported = method.files else { continue }
            let place = tuners.count == 1 ? folder : "\(folder)/\(index)-\(method.name.lowercased())"
            try Folder.make(place)
            switch exported.layout {
            case .peft: try writePEFT(exported, method.name, to: place)
            case .adapters: try AdaptersFolder(built, exported, labels).write(to: place)
            }
        }
        return others
    }

    private func writePEFT(_ exported: ExportedAdapter, _ methodName: String, to folder: String) throws(FileError) {
        var tensors = exported.tensors
        for parameter in headParameters { tensors[exported.headPrefix + parameter.path] = parameter.variable.value }
        try AtomicFile.write(SafeTensors.data(tensors), to: "\(folder)/adapter_model.safetensors")
        var config = exported.config
        var modules: [JSON] = headModules.map { .string($0) }
        if case .array(let own)? = config["modules_to_save"] {
            modules = own.filter { !modules.contains($0) } + modules
        }
        if methodName != "ADAPTION_PROMPT" { config["modules_to_save"] = modules.isEmpty ? .null : .array(modules) }
        let shared: [String: JSON] = [
            "auto_mapping": .null, "base_model_name_or_path": .string(built.path), "inference_mode": true,
            "peft_type": .string(methodName), "peft_version": .string(Self.peftVersion), "revision": .null,
            "task_type": Self.peftTasks.contains(taskName) ? .string(taskName) : .null,
        ]
        config.merge(shared) { own, _ in own }
        try AtomicFile.write(JSON.object(config).prettyText, to: "\(folder)/adapter_config.json")
    }

    private var headParameters: [Parameter] { built.model.graph.trained.filter { $0.owner == .head } }

    /// The head's modules as PEFT counts them: for classification both names that models have.
    private var headModules: [String] {
        let own = Set(headParameters.map { $0.path.split(separator: ".").first.map(String.init) ?? $0.path })
        return LabelFile.hasNamedLabels(taskName) ? ["classifier", "score"] : own.sorted()
    }

    /// Writes every trained parameter into a file of `folder`, which is made when it is missing.
    private func writeState(to folder: String) throws(FileError) {
        try Self.writeState(of: built.model.graph, to: folder)
    }

    /// Writes every trained parameter of a graph.
    package static func writeState(of graph: TunerGraph, to folder: String) throws(FileError) {
        try Folder.make(folder)
        let trained = graph.trained
        let tensors = Dictionary(trained.map { ($0.path, $0.variable.value) }) { first, _ in first }
        try AtomicFile.write(SafeTensors.data(tensors), to: "\(folder)/\(stateFile)")
    }

    /// The release of PEFT whose files these are.
    static let peftVersion = "0.21.2"
    /// The tasks that PEFT has.
    private static let peftTasks: Set<String> = ["SEQ_CLS", "TOKEN_CLS", "QUESTION_ANS", "CAUSAL_LM", "SEQ_2_SEQ_LM"]
}
