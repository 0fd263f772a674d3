import Configuration
import Foundation
import Models
import NN
import Tensors
import Testing
import Tuners
import YAML

/// A recorded cell of the matrix: one method, head and backbone, what the reference computes and how it trains.
struct Cell {
    let name: String
    let node: Node
    let tensors: SafeTensors
    let model: TunedModel
    let features: [Feature]

    /// Every recorded cell.
    static let names: [String] = {
        let folder = testsPath("ExperimentTests/Golden/cells")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }()

    init(_ name: String) throws {
        self.name = name
        let base = testsPath("ExperimentTests/Golden/cells/\(name)")
        let node = try JSONText.parse(String(contentsOfFile: base + ".json", encoding: .utf8), file: base + ".json")
        self.node = node
        let tensors = try SafeTensors(base + ".safetensors")
        self.tensors = tensors
        features = try #require(node["batch"]?.elements).map(Self.feature)
        let checkpoint = try Checkpoint(testsPath(try #require(node["checkpoint"]?.string)))
        let config = ModelConfig(checkpoint.config)
        let backboneEntry = try #require(backbones.first { $0.name == config.modelType })
        let head = try #require(heads.first { $0.name == node["task"]?["task_type"]?.string })
        let store = ParameterStore(checkpoint, prefix: backboneEntry.prefix, seed: 1)
        let backbone = try backboneEntry.make(config, BackboneOptions(head), store)
        let position = node["task"]?["classifier_position"]?.string.flatMap(ClassifierPosition.init) ?? .firstToken
        let madeHead = try head.make(
            HeadSite(
                backbone, labels: try Self.labels(node["labels"]), config: config, classifierPosition: position), store)
        var graph = TunerGraph(
            family: backboneEntry.name, attentions: backbone.attentions, sublayers: backbone.sublayers,
            wordEmbeddings: backbone.wordEmbeddings, store: store)
        try Self.tuner(try #require(node["peft"])).attach(to: &graph)
        for parameter in graph.parameters {
            guard let initial = try tensors.tensor("initial.\(parameter.path)") else { continue }
            #expect(initial.shape == parameter.shape, "\(parameter.path)")
            parameter.adjustStart { _ in initial }
        }
        // What the tiny checkpoint lacks of a pretrained head was recorded with the cell; there it is frozen.
        let trained = Set(node["parameters"]?.elements?.compactMap { $0["name"]?.string } ?? [])
        for parameter in graph.trained where parameter.owner == .head {
            parameter.isTrained = trained.contains(parameter.path)
        }
        model = TunedModel(backbone: backbone, head: madeHead, graph: graph)
    }

    private static func tuner(_ section: Node) throws -> any Tuner {
        let entry = try #require(tuners.first { $0.name == section["peft_type"]?.string })
        var diagnostics = Diagnostics()
        let tagged = Tagged(section, tag: "peft_type", tuners, &diagnostics)
        try diagnostics.check()
        return entry.make(try #require(tagged).settings)
    }

    private static func labels(_ node: Node?) throws -> LabelSpace {
        let names = node?["names"]?.elements?.compactMap(\.string) ?? []
        switch node?["kind"]?.string {
        case "flags": return LabelSpace(.flags, names: names)
        case "value": return LabelSpace(.value)
        default: return LabelSpace(names: names)
        }
    }

    private static func feature(_ node: Node) throws -> Feature {
        func integers(_ node: Node?) throws -> [Int] { try #require(node?.elements).compactMap(\.integer) }
        let label: Label
        if let category = node["category"]?.integer {
            label = .category(category)
        } else if let flags = node["flags"]?.elements {
            label = .flags(flags.compactMap { $0.number.map { Float($0) } })
        } else if let value = node["value"]?.number {
            label = .value(Float(value))
        } else if let span = node["span"] {
            let ends = try integers(span)
            label = .span(start: ends[0], end: ends[1])
        } else {
            label = .tokens(
                try #require(node["tokens"]?.elements).map {
                    let pair = try integers($0)
                    return TokenLabel(position: Int32(pair[0]), target: Int32(pair[1]))
                })
        }
        return Feature(
            inputIDs: try integers(node["input_ids"]).map { Int32($0) },
            tokenTypeIDs: try integers(node["token_type_ids"]).map { Int32($0) },
            breaks: try node["breaks"].map(integers) ?? [],
            decoderInputIDs: try node["decoder_input_ids"].map(integers)?.map { Int32($0) } ?? [], label: label)
    }

    /// What the model says where the cell has recorded it, one tensor for each feature.
    func logits() throws -> [Tensor] {
        let batch = Batch(features)
        guard let rows = node["logits_rows"]?.elements else {
            let outputs = model.outputs(batch, mode: .evaluation).value
            let offsets = model.head.outputOffsets(batch)
            return (0..<features.count).map { outputs.rows(offsets[$0]..<offsets[$0 + 1]) }
        }
        let wanted = try rows.map { try #require($0.elements).compactMap(\.integer) }
        if model.head is MaskedLanguageHead {
            return zip(features, wanted).map { feature, positions in
                var asked = feature
                asked.label = .tokens(positions.map { TokenLabel(position: Int32($0), target: 0) })
                return model.outputs(Batch([asked]), mode: .evaluation).value
            }
        }
        let pass = ForwardPass(model.graph, mode: .evaluation)
        return zip(features, wanted).map { feature, positions in
            let batch = Batch([feature]).withPrompt(model.graph.prompt?.length ?? 0)
            let hidden = model.backbone.hiddenStates(batch, reading: .everyToken, pass).value
            let scale = (model.backbone as? any EncoderDecoder)?.outputScale ?? 1
            let read = Kernels.scale(Kernels.gather(hidden, positions.map { Int32($0) }), by: scale)
            let own = model.graph.parameters.first { $0.path == "lm_head.weight" }
            return Kernels.product(read, transposed: (own ?? model.backbone.wordEmbeddings).variable.value)
        }
    }
}
