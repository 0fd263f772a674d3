import Files
import Models
import NN
import Tensors
import Tuners
import YAML

/// What was trained, in the files of the library `adapters`: the method and the head apart, each with its configuration.
struct AdaptersFolder {
    private let built: BuiltModel
    private let exported: ExportedAdapter
    private let labels: LabelSpace

    init(_ built: BuiltModel, _ exported: ExportedAdapter, _ labels: LabelSpace) {
        self.built = built
        self.exported = exported
        self.labels = labels
    }

    /// Writes the files into `folder`.
    func write(to folder: String) throws(FileError) {
        let model = built.model
        let shared: [String: JSON] = [
            "hidden_size": .integer(model.backbone.hiddenSize), "model_class": .string(className),
            "model_name": .string(built.path), "model_type": .string(built.family),
            "version": .string(Self.version),
        ]
        try AtomicFile.write(SafeTensors.data(exported.tensors), to: "\(folder)/adapter.safetensors")
        let own: [String: JSON] = ["config": .object(exported.config), "name": "default"]
        try write(own.merging(shared) { own, _ in own }, to: "\(folder)/adapter_config.json")

        let head = model.graph.trained.filter { $0.owner == .head }
        guard !head.isEmpty else { return }
        let tensors = head.map { (exported.headPrefix + $0.path, $0.variable.value) }
        try AtomicFile.write(
            SafeTensors.data(Dictionary(tensors) { first, _ in first }), to: "\(folder)/model_head.safetensors")
        let indices = labels.names.enumerated().map { ($1, JSON.integer($0)) }
        let ofHead: [String: JSON] = [
            "config": .null, "name": .null, "label2id": .object(Dictionary(indices) { first, _ in first }),
            "num_labels": .integer(labels.outputs),
        ]
        try write(ofHead.merging(shared) { own, _ in own }, to: "\(folder)/head_config.json")
    }

    private func write(_ config: [String: JSON], to file: String) throws(FileError) {
        try AtomicFile.write(JSON.object(config).prettyText, to: file)
    }

    private var className: String { built.model.className }

    /// The release whose layout this is.
    private static let version = "adapters.1.3.0"
}
