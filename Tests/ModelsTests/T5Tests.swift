import Foundation
import NN
import Tensors
import Testing
import YAML

@testable import Models

@Suite("T5, an encoder-decoder")
struct T5Tests {
    static let kinds = ["t5", "t5-gated", "mt5"]

    @Test("both networks agree with transformers, each pair alone and all together", arguments: kinds)
    func hiddenStates(kind: String) throws {
        let expected = try SafeTensors(golden("t5-states/states.safetensors"))
        let (loaded, backbone) = try load(kind)
        let features = try features()
        let (batch, pass) = (Batch(features), ForwardPass(loaded.graph, mode: .evaluation))
        let memory = backbone.encode(batch, pass)
        let states = backbone.decode(batch, memory: memory, pass).value
        for index in features.indices {
            let encoded = try #require(try expected.tensor("\(kind).encoder.\(index)"))
            let decoded = try #require(try expected.tensor("\(kind).decoder.\(index)"))
            expectClose(
                memory.value.rows(batch.offsets[index]..<batch.offsets[index + 1]), encoded, 2e-5, "encoder \(index)")
            expectClose(
                states.rows(batch.decoderOffsets[index]..<batch.decoderOffsets[index + 1]), decoded, 2e-5,
                "decoder \(index)")
            expectClose(loaded.states([features[index]], reading: .everyDecoderToken), decoded, 2e-5, "\(index) alone")
        }
    }

    @Test("every distance falls into transformers' bucket")
    func buckets() throws {
        let file = golden("t5-states/buckets.json")
        let node = try JSONText.parse(String(contentsOfFile: file, encoding: .utf8), file: file)
        let reach = try #require(node["reach"]?.integer)
        for form in try #require(node["cases"]?.elements) {
            let (count, farthest) = (try #require(form["buckets"]?.integer), try #require(form["farthest"]?.integer))
            let isBidirectional = form["both"]?.boolean == true
            let buckets = (-reach...reach).map {
                T5Distances.bucket($0, buckets: count, farthest: farthest, isBidirectional: isBidirectional)
            }
            #expect(buckets == (try #require(form["of"]?.elements).compactMap(\.integer)), "\(count), \(farthest)")
        }
    }

    @Test("a token of the decoder does not see what follows it, and sees the whole source")
    func causal() throws {
        let loaded = try load("t5").loaded
        func states(source: [Int32], _ ids: [Int32]) -> Tensor {
            loaded.states(
                [Feature(inputIDs: source, tokenTypeIDs: source.map { _ in 0 }, decoderInputIDs: ids)],
                reading: .everyDecoderToken)
        }
        let (source, ids): ([Int32], [Int32]) = ([5, 6, 7, 1], [0, 14, 15, 9, 26])
        let whole = states(source: source, ids)
        expectClose(states(source: source, Array(ids.prefix(3))), whole.rows(0..<3), 1e-5)
        let other = states(source: [5, 6, 8, 1], ids)
        #expect(zip(other.rows(0..<1).array, whole.rows(0..<1).array).contains { abs($0 - $1) > 1e-3 })
    }

    @Test("hidden states are scaled in front of a tied vocabulary alone", arguments: zip(kinds, [true, false, false]))
    func scale(kind: String, isTied: Bool) throws {
        let backbone = try load(kind).backbone
        #expect(backbone.tiesEmbeddings == isTied)
        #expect(backbone.outputScale == (isTied ? 1 / Float(backbone.hiddenSize).squareRoot() : 1))
        #expect(backbone.className(with: SequenceToSequenceHead.className).hasSuffix("T5ForConditionalGeneration"))
    }

    @Test(
        "the activation is what feed_forward_proj says, or the keys that transformers writes beside it",
        arguments: [
            ("gated-gelu", "gelu_new", true), ("gated-silu", "silu", true), ("gelu", "gelu", false),
            ("relu", "relu", false),
        ])
    func feedForward(text: String, activation: String, isGated: Bool) throws {
        // The ungated checkpoint has no gate, so that only its absence can be seen.
        let checkpoint = golden(isGated ? "tiny-t5-gated" : "tiny-t5")
        func states(_ changes: String) throws -> Tensor {
            try LoadedModel(checkpoint, changing: changes).states(try features(), reading: .everyDecoderToken)
        }
        let alone = #""dense_act_fn": null, "is_gated_act": null"#
        let named = try states(#"{"feed_forward_proj": "\#(text)", \#(alone)}"#)
        #expect(
            try states(
                #"{"feed_forward_proj": "gated-relu", "dense_act_fn": "\#(activation)", "is_gated_act": \#(isGated)}"#)
                == named)
        #expect(try states(#"{"feed_forward_proj": "\#(isGated ? "gated-" : "")tanh", \#(alone)}"#) != named)
    }

    @Test(
        "what cannot be computed is refused by name, never ignored",
        arguments: [
            (#"{"is_encoder_decoder": false}"#, "'is_encoder_decoder' must be true"),
            (#"{"tie_encoder_decoder": true}"#, "'tie_encoder_decoder' must be false"),
            (#"{"feed_forward_proj": "gated-mish"}"#, "the activation 'mish'; supported: gelu"),
            (#"{"feed_forward_proj": "fast-gated-gelu"}"#, "'fast-gated-gelu'"),
            (#"{"dense_act_fn": "mish"}"#, "'dense_act_fn' is 'mish'; supported: gelu"),
            (#"{"pruned_heads": {"0": [1]}}"#, "'pruned_heads'"),
            (#"{"relative_attention_num_buckets": 7}"#, "it must be even"),
            (#"{"relative_attention_max_distance": 4}"#, "must be more than 4"),
            (#"{"d_kv": 0}"#, "'d_kv' must be a whole number"),
            (#"{"d_kv": 7}"#, "[32, 32]"),
            (#"{"num_decoder_layers": 3}"#, "decoder.block.2"),
            (#"{"quantization_config": {"bits": 4}}"#, "'quantization_config'"),
        ])
    func refusals(changes: String, message: String) throws {
        let error = #expect(throws: CheckpointError.self) {
            try LoadedModel(golden("tiny-t5"), changing: changes).store.checkComplete()
        }
        #expect("\(try #require(error))".contains(message))
    }

    @Test("the table of embeddings is found under a network's own name")
    func embeddings() throws {
        let store = try load("t5").loaded.store
        #expect(store.parameters.first?.path == "shared.weight")
        #expect(store.unusedTensors.isEmpty)
    }

    private func load(_ kind: String) throws -> (loaded: LoadedModel, backbone: any EncoderDecoder) {
        let loaded = try LoadedModel(golden("tiny-\(kind)"))
        return (loaded, try #require(loaded.backbone as? any EncoderDecoder))
    }

    private func features() throws -> [Feature] {
        let file = golden("t5-states/batch.json")
        let node = try JSONText.parse(String(contentsOfFile: file, encoding: .utf8), file: file)
        return try #require(node["batch"]?.elements).map { row in
            func integers(_ key: String) throws -> [Int32] {
                try #require(row[key]?.elements).compactMap { $0.integer.map { Int32($0) } }
            }
            return Feature(
                inputIDs: try integers("input_ids"), tokenTypeIDs: try integers("token_type_ids"),
                decoderInputIDs: try integers("decoder_input_ids"))
        }
    }
}
