import Autograd
import Foundation
import Models
import NN
import Tensors
import Testing
import YAML

@Suite("BERT")
struct BERTTests {
    @Test("hidden states agree with transformers, for each activation", arguments: ["gelu", "gelu_new", "relu"])
    func hiddenStates(activation: String) throws {
        let checkpoint = try Checkpoint(golden("tiny-bert"))
        var config = checkpoint.config
        guard case .mapping(var pairs) = config.content else { return }
        for index in pairs.indices where pairs[index].key == "hidden_act" {
            pairs[index].value = Node(.scalar(.init(activation, isPlain: false)), at: config.location)
        }
        config.content = .mapping(pairs)
        let model = try LoadedBERT(golden("tiny-bert"), config: config)
        let batch = Batch(try goldenFeatures(golden("encoder/batch.json")))
        let states = model.backbone.hiddenStates(
            batch, reading: .everyToken, ForwardPass(model.graph, mode: .evaluation)
        ).value
        let expected = try SafeTensors(golden("encoder/\(activation).safetensors"))
        for sequence in 0..<batch.count {
            let rows = batch.offsets[sequence]..<batch.offsets[sequence + 1]
            expectClose(
                states.rows(rows), try #require(try expected.tensor("hidden_states.2.\(sequence)")), 1e-5,
                "sequence \(sequence)")
        }
    }

    @Test("reading the first token of each sequence gives the rows that reading all gives")
    func onlyWhatIsRead() throws {
        let model = try LoadedBERT(golden("tiny-bert"))
        let batch = Batch(try goldenFeatures(golden("encoder/batch.json")))
        func states(_ reading: Reading) -> Tensor {
            model.backbone.hiddenStates(batch, reading: reading, ForwardPass(model.graph, mode: .evaluation)).value
        }
        let firsts = Kernels.gather(states(.everyToken), batch.offsets.dropLast().map { Int32($0) })
        expectClose(states(.firstToken), firsts, 1e-5)
    }

    @Test("what else is in the batch does not change a sequence's hidden states")
    func batchComposition() throws {
        let model = try LoadedBERT(golden("tiny-bert"))
        let features = try goldenFeatures(golden("encoder/batch.json"))
        func states(_ features: [Feature]) -> Tensor {
            model.backbone.hiddenStates(
                Batch(features), reading: .everyToken, ForwardPass(model.graph, mode: .evaluation)
            ).value
        }
        expectClose(Kernels.concatenate(features.map { states([$0]) }), states(features), 1e-6)
    }

    @Test("the same step draws the same dropout, another step another")
    func dropoutStreams() throws {
        var options = BackboneOptions()
        options.hiddenDropout = 0.1
        options.attentionDropout = 0.1
        let checkpoint = try Checkpoint(golden("tiny-bert"))
        let store = ParameterStore(checkpoint, prefix: BERT.prefix, seed: 1)
        let backbone = try BERT(ModelConfig(checkpoint.config), options: options, store: store)
        let graph = TunerGraph(attentions: backbone.attentions, store: store)
        let batch = Batch(try goldenFeatures(golden("encoder/batch.json")))
        func states(_ mode: ForwardPass.Mode) -> Tensor {
            backbone.hiddenStates(batch, reading: .everyToken, ForwardPass(graph, mode: mode)).value
        }
        #expect(states(.training(seed: 1, step: 4)) == states(.training(seed: 1, step: 4)))
        #expect(states(.training(seed: 1, step: 4)) != states(.training(seed: 1, step: 5)))
        #expect(states(.training(seed: 1, step: 4)) != states(.training(seed: 2, step: 4)))
        #expect(states(.evaluation) != states(.training(seed: 1, step: 4)))
    }

    @Test(
        "all ways of writing a checkpoint load, and half precision comes close",
        arguments: ["bert-prefix", "gamma-beta", "sharded", "float16", "bfloat16"])
    func checkpointForms(form: String) throws {
        let batch = Batch([Feature(inputIDs: [2, 5, 7, 3], tokenTypeIDs: [0, 0, 1, 1])])
        func states(_ form: String) throws -> Tensor {
            let model = try LoadedBERT(golden("checkpoints/\(form)"))
            try model.store.checkComplete()
            return model.backbone.hiddenStates(
                batch, reading: .everyToken, ForwardPass(model.graph, mode: .evaluation)
            ).value
        }
        let tolerance: Float = form == "bfloat16" ? 2e-2 : form == "float16" ? 2e-3 : 0
        expectClose(try states(form), try states("no-prefix"), tolerance, form)
    }

    @Test("operations are those of the products, and fewer where less is read or trained")
    func operations() throws {
        let model = try LoadedBERT(golden("tiny-bert"))
        let cost = model.backbone.cost
        func count(read: Int, _ graph: TunerGraph, isTraining: Bool = false) -> Int {
            cost.operations(length: 10, read: read, graph, isTraining: isTraining)
        }
        let forward = count(read: 10, model.graph)
        let maps = 2 * 2 * 10 * (4 * 32 * 32 + 2 * 32 * 37)
        #expect(forward == maps + 2 * 2 * 2 * 32 * 10 * 10)
        #expect(count(read: 1, model.graph) < forward)
        // Nothing is trained, so nothing goes backward.
        #expect(count(read: 10, model.graph, isTraining: true) == forward)
        #expect(!cost.isTrained(model.graph))
        model.graph.train { _ in true }
        let attention = 2 * 2 * 32 * 10 * 10
        #expect(count(read: 10, model.graph, isTraining: true) == forward + 2 * maps + 5 * attention)
    }
}

@Suite("Checkpoints that do not fit")
struct CheckpointErrorTests {
    private func config(_ change: (inout [String: String]) -> Void) throws -> Node {
        var values = [
            "hidden_size": "32", "num_hidden_layers": "2", "num_attention_heads": "4", "intermediate_size": "37",
            "vocab_size": "61", "type_vocab_size": "2", "max_position_embeddings": "64", "hidden_act": #""gelu""#,
        ]
        change(&values)
        let text = values.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ",\n")
        return try JSONText.parse("{\(text)}", file: "config.json")
    }

    @Test("a wrong size in the configuration names the tensor and both shapes")
    func wrongShape() throws {
        let config = try config { $0["intermediate_size"] = "40" }
        let error = #expect(throws: CheckpointError.self) { try LoadedBERT(golden("tiny-bert"), config: config) }
        #expect(
            error?.description.contains("intermediate.dense.weight' has shape [37, 32]; the model needs [40, 32]")
                == true)
    }

    @Test("missing tensors are named, extra ones listed")
    func missingAndExtra() throws {
        let more = try LoadedBERT(golden("tiny-bert"), config: try config { $0["num_hidden_layers"] = "3" })
        let error = #expect(throws: CheckpointError.self) { try more.store.checkComplete() }
        #expect(error?.description.contains("bert.encoder.layer.2.attention.self.query.weight") == true)
        let fewer = try LoadedBERT(golden("tiny-bert"), config: try config { $0["num_hidden_layers"] = "1" })
        try fewer.store.checkComplete()
        #expect(fewer.store.unusedTensors.contains("bert.encoder.layer.1.output.dense.weight"))
    }

    @Test(
        "what cannot be computed is refused by name, never ignored",
        arguments: [
            ("hidden_act", #""quick_gelu""#, "quick_gelu"),
            ("position_embedding_type", #""relative_key""#, "relative_key"),
            ("is_decoder", "true", "is_decoder"), ("hidden_size", "-1", "hidden_size"),
            ("hidden_size", #""32""#, "hidden_size"), ("num_attention_heads", "5", "num_attention_heads"),
            ("hidden_dropout_prob", "1.5", "hidden_dropout_prob"),
        ])
    func refusals(key: String, value: String, named: String) throws {
        let config = try config { $0[key] = value }
        let error = #expect(throws: CheckpointError.self) { try LoadedBERT(golden("tiny-bert"), config: config) }
        #expect(error?.description.contains(named) == true)
    }

    @Test("a pickle is refused with the way out")
    func pickle() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pickle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("{}".utf8).write(to: folder.appending(path: "config.json"))
        try Data().write(to: folder.appending(path: "pytorch_model.bin"))
        let error = #expect(throws: CheckpointError.self) { try Checkpoint(folder.path) }
        #expect(error?.description.contains("safe_serialization=True") == true)
    }
}
