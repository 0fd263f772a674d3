import Autograd
import Configuration
import Foundation
import Models
import NN
import Tensors
import Testing
import Tuners
import YAML

/// The folder of golden files beside these tests.
func golden(_ name: String, _ here: String = #filePath) -> String {
    URL(filePath: here).deletingLastPathComponent().appending(path: "Golden/\(name)").path
}

/// A tiny random BERT with a method attached, none of whose weights are read from a file.
struct Tuned {
    let store = ParameterStore(nil, prefix: "bert.", seed: 5)
    let model: TunedModel

    init(_ tuner: any Tuner) throws {
        let config = try JSONText.parse(
            """
            {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 37,
             "vocab_size": 61, "type_vocab_size": 2, "max_position_embeddings": 64}
            """, file: "config.json")
        let backbone = try BERT(ModelConfig(config), options: BackboneOptions(), store: store)
        let head = try QuestionAnsweringHead(
            HeadSite(backbone, labels: LabelSpace(), config: ModelConfig(config)), store: store)
        var graph = TunerGraph(
            family: BERT.modelType, attentions: backbone.attentions, sublayers: backbone.sublayers,
            wordEmbeddings: backbone.wordEmbeddings, store: store)
        try tuner.attach(to: &graph)
        model = TunedModel(backbone: backbone, head: head, graph: graph)
    }

    let batch = Batch([
        Feature(inputIDs: [2, 7, 9, 3], tokenTypeIDs: [0, 0, 1, 1], label: .span(start: 1, end: 2)),
        Feature(inputIDs: [2, 11, 3], tokenTypeIDs: [0, 0, 0], label: .span(start: 0, end: 0)),
    ])
}

@Suite("Prefix tuning")
struct PrefixTuningTests {
    private func tuner(_ text: String) throws -> PrefixTuning {
        var diagnostics = Diagnostics()
        let settings = PrefixTuning.Settings(try YAMLText.parse(text, file: "test.yaml"), &diagnostics)
        try diagnostics.check()
        return PrefixTuning(settings)
    }

    @Test("is exported with PEFT's names, shapes, values and keys", arguments: ["prefix", "prefix-projection"])
    func export(form: String) throws {
        let projects = form != "prefix"
        let tuner = try tuner(
            projects
                ? "{num_virtual_tokens: 5, prefix_projection: true, encoder_hidden_size: 24}" : "num_virtual_tokens: 5")
        let tuned = try Tuned(tuner)
        let parameters = try SafeTensors(golden("\(form)/parameters.safetensors"))
        for parameter in tuned.model.graph.trained where parameter.owner == .tuner {
            let value = try #require(try parameters.tensor(parameter.path), "\(parameter.path)")
            #expect(value.shape == parameter.shape)
            parameter.variable.value = value
        }
        let exported = try #require(tuner.exported(from: tuned.model.graph))
        let expected = try SafeTensors(golden("\(form)/adapter_model.safetensors"))
        #expect(Set(exported.tensors.keys) == ["prompt_embeddings"])
        #expect(expected.names.contains(exported.headPrefix + "qa_outputs.weight"))
        let (ours, theirs) = (
            try #require(exported.tensors["prompt_embeddings"]), try #require(try expected.tensor("prompt_embeddings"))
        )
        #expect(ours.shape == theirs.shape)
        #expect(zip(ours.array, theirs.array).allSatisfy { abs($0 - $1) <= 1e-5 * (1 + abs($1)) })
        let file = golden("\(form)/adapter_config.json")
        let config = try JSONText.parse(String(contentsOfFile: file, encoding: .utf8), file: file)
        for (key, value) in exported.config { #expect(config[key].map { JSON($0) } == value, "\(key)") }
    }

    @Test("starts from normal deviates, trains nothing of the backbone, and moves the positions")
    func start() throws {
        let tuned = try Tuned(try tuner("num_virtual_tokens: 50"))
        let graph = tuned.model.graph
        #expect(
            graph.trained.map(\.path) == ["qa_outputs.weight", "qa_outputs.bias", "prompt_encoder.embedding.weight"])
        let values = try #require(graph.trained.last).variable.value.array.map(Double.init)
        #expect(abs(values.reduce(0, +) / Double(values.count)) < 0.05)
        #expect(abs(values.reduce(0) { $0 + $1 * $1 } / Double(values.count) - 1) < 0.05)
        #expect(ForwardPass(graph, mode: .evaluation).prefixLength == 50)
    }

    @Test("its dropout differs between sequences and is absent in evaluation")
    func prefixDropout() throws {
        let tuned = try Tuned(try tuner("{num_virtual_tokens: 3, prefix_dropout: 0.5}"))
        let twin = Feature(inputIDs: [2, 7, 9, 3], tokenTypeIDs: [0, 0, 1, 1])
        let twins = Batch([twin, twin])
        func rows(_ mode: ForwardPass.Mode) -> (Tensor, Tensor) {
            let logits = tuned.model.outputs(twins, mode: mode).value
            return (logits.rows(0..<4), logits.rows(4..<8))
        }
        let trained = rows(.training(seed: 1, step: 0))
        #expect(trained.0 != trained.1)
        let scored = rows(.evaluation)
        #expect(zip(scored.0.array, scored.1.array).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    @Test(
        "settings out of range are refused",
        arguments: ["num_virtual_tokens: 0", "prefix_dropout: 1", "encoder_hidden_size: 0"])
    func ranges(text: String) {
        #expect(throws: Diagnostics.self) { try tuner(text) }
    }
}
