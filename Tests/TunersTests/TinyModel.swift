import Autograd
import Configuration
import Foundation
import Models
import NN
import Tensors
import Testing
import Tuners
import YAML

/// A tiny golden checkpoint with a head, and methods attached.
struct TinyModel {
    let store: ParameterStore
    let model: TunedModel
    var graph: TunerGraph { model.graph }

    /// - Parameters:
    ///   - checkpoint: the folder below `Tests/`.
    ///   - task: the head's `task_type`.
    init(
        _ checkpoint: String, task: String = "SEQ_CLS",
        labels: LabelSpace = LabelSpace(.classes, names: ["no", "maybe", "yes"]), _ tuners: [any Tuner] = []
    ) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let files = try Checkpoint(folder.appending(path: checkpoint).path)
        let config = ModelConfig(files.config)
        let entry = try #require(backbones.first { $0.name == config.modelType })
        let headEntry = try #require(heads.first { $0.name == task })
        store = ParameterStore(files, prefix: entry.prefix, seed: 7)
        let options = BackboneOptions(headEntry, hiddenDropout: 0, attentionDropout: 0)
        let backbone = try entry.make(config, options, store)
        let head = try headEntry.make(HeadSite(backbone, labels: labels, config: config), store)
        var graph = TunerGraph(
            family: entry.name, attentions: backbone.attentions, sublayers: backbone.sublayers,
            wordEmbeddings: backbone.wordEmbeddings, store: store)
        for tuner in tuners { try tuner.attach(to: &graph) }
        model = TunedModel(backbone: backbone, head: head, graph: graph)
    }

    /// A tiny BERT that classifies, with these methods.
    init(_ tuners: [any Tuner] = []) throws {
        try self.init("ModelsTests/Golden/tiny-bert", tuners)
    }

    /// The parameter named `path`.
    func parameter(_ path: String) throws -> Parameter {
        try #require(store.parameters.first { $0.path == path }, "\(path)")
    }

    /// Two sequences with labels.
    static let batch = Batch([
        Feature(inputIDs: [2, 7, 9, 3, 11], tokenTypeIDs: [0, 0, 0, 0, 0], label: .category(1)),
        Feature(inputIDs: [2, 11, 3], tokenTypeIDs: [0, 0, 0], label: .category(2)),
    ])
}

/// The settings that `text` describes.
func settings<Settings: Config>(_ text: String, as: Settings.Type = Settings.self) throws -> Settings {
    var diagnostics = Diagnostics()
    let settings = Settings(try YAMLText.parse(text, file: "test.yaml"), &diagnostics)
    try diagnostics.check()
    return settings
}
