import Configuration
import Foundation
import Models
import NN
import Tensors
import Testing
import Tuners
import YAML

/// A language model with a method, to generate from.
struct GenerationModel {
    let model: TunedModel

    /// The model of a golden cell, with the numbers that its parameters began with.
    init(cell name: String) throws {
        let base = testsPath("ExperimentTests/Golden/cells/\(name)")
        let node = try JSONText.parse(String(contentsOfFile: base + ".json", encoding: .utf8), file: base + ".json")
        let tensors = try SafeTensors(base + ".safetensors")
        let checkpoint = try Checkpoint(testsPath(try #require(node["checkpoint"]?.string)))
        let section = try #require(node["peft"])
        let made = try Self.make(ModelConfig(checkpoint.config), checkpoint, section)
        model = try #require(made)
        for parameter in model.graph.parameters {
            guard let initial = try tensors.tensor("initial.\(parameter.path)") else { continue }
            parameter.adjustStart { _ in initial }
        }
    }

    /// A model of a tiny configuration with random numbers, also where a method would start from others; nil where the method
    /// does not go with it.
    init?(config: String, peft: String) throws {
        let made = try Self.make(
            ModelConfig(try JSONText.parse(config, file: "config.json")), nil,
            try YAMLText.parse(peft, file: "manifest.yaml"))
        guard let made else { return nil }
        model = made
        for parameter in model.graph.parameters where parameter.owner == .tuner {
            let shape = parameter.shape
            parameter.adjustStart { start in
                var stream = RandomStream(seed: 3, path: parameter.path)
                let noise = Tensor(shape, (0..<shape.count).map { _ in Float(0.3 * stream.normal()) })
                return Kernels.add(start, noise)
            }
        }
    }

    private static func make(_ config: ModelConfig, _ checkpoint: Checkpoint?, _ peft: Node) throws -> TunedModel? {
        let entry = try #require(backbones.first { $0.name == config.modelType })
        let isEncoderDecoder = ["t5", "mt5"].contains(entry.name)
        let head = try #require(heads.first { $0.name == (isEncoderDecoder ? "SEQ_2_SEQ_LM" : "CAUSAL_LM") })
        let store = ParameterStore(checkpoint, prefix: entry.prefix, seed: 1)
        let backbone = try entry.make(config, BackboneOptions(head), store)
        #expect(head.refusal(backbone.kind) == nil)
        let madeHead = try head.make(HeadSite(backbone, labels: LabelSpace(), config: config), store)
        var graph = TunerGraph(
            family: entry.name, attentions: backbone.attentions, sublayers: backbone.sublayers,
            wordEmbeddings: backbone.wordEmbeddings, store: store)
        let tuner = try #require(tuners.first { $0.name == peft["peft_type"]?.string })
        var diagnostics = Diagnostics()
        let tagged = Tagged(peft, tag: "peft_type", tuners, &diagnostics)
        try diagnostics.check()
        do {
            try tuner.make(try #require(tagged).settings).attach(to: &graph)
        } catch is AttachmentError { return nil }
        return TunedModel(backbone: backbone, head: madeHead, graph: graph)
    }
}

/// A path below the folder of all tests.
func testsPath(_ path: String) -> String {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return tests.appending(path: path).path
}

/// A file that a reference wrote.
func golden(_ name: String) throws -> Node {
    let path = testsPath("GenerationTests/Golden/\(name)")
    return try JSONText.parse(String(contentsOfFile: path, encoding: .utf8), file: path)
}

/// Tokens of a single text; a decoder beside an encoder starts with token 0.
func prompt(_ ids: [Int32]) -> Feature {
    Feature(inputIDs: ids, tokenTypeIDs: ids.map { _ in 0 }, decoderInputIDs: [0])
}
