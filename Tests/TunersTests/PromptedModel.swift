import Configuration
import Experiment
import Foundation
import Models
import NN
import Tensors
import Testing
import Tuners
import YAML

/// A tiny golden backbone with a head and a method with virtual tokens.
struct PromptedModel {
    let store: ParameterStore
    let model: TunedModel
    private let task: String
    var graph: TunerGraph { model.graph }

    /// - Parameters:
    ///   - backbone: `tiny-bert` or `tiny-gpt2`.
    ///   - values: of trained parameters, by their names.
    init(
        _ tuners: [any Tuner], backbone name: String = "tiny-bert", task: String = "SEQ_CLS", seed: UInt64 = 7,
        values: [String: Tensor] = [:]
    ) throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let checkpoint = try Checkpoint(tests.appending(path: "ModelsTests/Golden/\(name)").path)
        let config = ModelConfig(checkpoint.config)
        let entry = try #require(backbones.first { $0.name == config.modelType })
        let headEntry = try #require(heads.first { $0.name == task })
        self.task = task
        store = ParameterStore(checkpoint, prefix: entry.prefix, seed: seed)
        let options = BackboneOptions(headEntry, hiddenDropout: 0, attentionDropout: 0)
        let backbone = try entry.make(config, options, store)
        let labels = LabelSpace(names: ["no", "maybe", "yes"])
        let head = try headEntry.make(HeadSite(backbone, labels: labels, config: config), store)
        var graph = TunerGraph(
            family: entry.name, attentions: backbone.attentions, sublayers: backbone.sublayers,
            wordEmbeddings: backbone.wordEmbeddings, store: store)
        for tuner in tuners { try tuner.attach(to: &graph) }
        model = TunedModel(backbone: backbone, head: head, graph: graph)
        for (path, value) in values { try parameter(path).variable.value = value }
    }

    /// A classifier on the encoder, or where a method needs a decoder, on that.
    init(attaching tuner: any Tuner) throws {
        do {
            try self.init([tuner])
        } catch let refusal as AttachmentError where refusal.message.contains("needs a decoder") {
            try self.init([tuner], backbone: "tiny-gpt2")
        }
    }

    /// The parameter named `path`.
    func parameter(_ path: String) throws -> Parameter {
        try #require(store.parameters.first { $0.path == path }, "\(path)")
    }

    /// What the head says of a batch.
    func outputs(_ batch: Batch = Self.batch) -> Tensor { model.outputs(batch, mode: .evaluation).value }

    /// Three sequences with labels, none as long as another.
    static let features = [[2, 7, 9, 3, 11], [2, 11, 3], [4, 8, 15, 16, 23, 42]].enumerated().map { index, ids in
        Feature(
            inputIDs: ids.map { Int32($0) }, tokenTypeIDs: ids.map { _ in 0 }, label: .category(index))
    }
    static let batch = Batch(features)

    /// The same sequences with a class for each token.
    static let taggedFeatures = features.map { feature in
        let labels = feature.inputIDs.indices.map { TokenLabel(position: Int32($0), target: Int32($0 % 3)) }
        return Feature(inputIDs: feature.inputIDs, tokenTypeIDs: feature.tokenTypeIDs, label: .tokens(labels))
    }
    static let tagged = Batch(taggedFeatures)

    /// Whether a pass does the products that are announced.
    func doesWhatIsAnnounced(isTraining: Bool) -> Bool {
        let features = task == "TOKEN_CLS" ? Self.taggedFeatures : Self.features
        let (cost, batch) = (PassCost(model), Batch(features))
        // Masks and parameters are made at the first use.
        model.loss(batch, mode: .training(seed: 1, step: 0)).backward()
        guard isTraining else {
            return Kernels.productOperations(of: { _ = outputs(batch) })
                == cost.evaluation(features, batchSize: features.count)
        }
        let announced = cost.perPass(isTraining: true) + features.reduce(0) { $0 + cost.training($1) }
        return Kernels.productOperations(of: { model.loss(batch, mode: .training(seed: 1, step: 1)).backward() })
            == announced
    }
}

/// The method that a section of a manifest describes, by its registry entry.
func tuner(_ text: String) throws -> any Tuner {
    var diagnostics = Diagnostics()
    let tagged = Tagged(try YAMLText.parse(text, file: "test.yaml"), tag: "peft_type", tuners, &diagnostics)
    try diagnostics.check()
    let read = try #require(tagged)
    return read.entry.make(read.settings)
}

/// What PEFT saved of a method, and the parameters it was made from.
struct SavedAdapter {
    /// The keys of `adapter_config.json`.
    let config: [String: JSON]
    /// `adapter_model.safetensors`
    let tensors: [String: Tensor]
    /// The trained parameters by our names.
    let parameters: [String: Tensor]

    init(_ name: String) throws {
        func tensors(_ file: String) throws -> [String: Tensor] {
            let file = try SafeTensors(golden("\(name)/\(file)"))
            return try Dictionary(uniqueKeysWithValues: file.names.map { ($0, try #require(try file.tensor($0))) })
        }
        let file = golden("\(name)/adapter_config.json")
        let node = try JSONText.parse(String(contentsOfFile: file, encoding: .utf8), file: file)
        guard case .object(let config) = JSON(node) else { throw AttachmentError(nil, "\(file) is not an object") }
        self.config = config
        self.tensors = try tensors("adapter_model.safetensors")
        parameters = try tensors("parameters.safetensors")
    }

    /// Keys that are written for every method.
    static let sharedKeys: Set = [
        "auto_mapping", "base_model_name_or_path", "inference_mode", "modules_to_save", "peft_type", "peft_version",
        "revision", "task_type",
    ]

    /// Whether an export has PEFT's keys and values, and its tensors with their shapes and values.
    func expectEqual(_ exported: ExportedAdapter) throws {
        #expect(Set(exported.config.keys) == Set(config.keys).subtracting(Self.sharedKeys))
        for (key, value) in exported.config { #expect(config[key] == value, "\(key)") }
        let head = tensors.keys.filter { name in parameters[String(name.dropFirst(exported.headPrefix.count))] != nil }
        let own = Set(tensors.keys).subtracting(exported.headPrefix == "base_model." ? head : [])
        #expect(Set(exported.tensors.keys) == own)
        for name in own {
            let (ours, theirs) = (try #require(exported.tensors[name]), try #require(tensors[name]))
            #expect(ours.shape == theirs.shape, "\(name)")
            #expect(isClose(ours, theirs, 1e-5), "\(name)")
        }
    }
}

/// A reader for which each word is a number, the token's index.
struct NumberReader: TextReader {
    var layers = 2, hidden = 32

    func tokens(of text: String) throws -> [Int32] { text.split(separator: " ").compactMap { Int32($0) } }

    /// Keys whose every element is the token's place, and values the token.
    func keysAndValues(of tokens: [Int32]) throws -> [(key: Tensor, value: Tensor)] {
        func rows(_ values: [Float]) -> Tensor {
            Tensor([values.count, hidden], values.flatMap { [Float](repeating: $0, count: hidden) })
        }
        return (0..<layers).map { layer in
            (
                key: rows(tokens.indices.map { Float(100 * layer + $0) }),
                value: rows(tokens.map { Float(100 * layer) + Float($0) })
            )
        }
    }
}
