import Models
import NN
import Tensors
import Testing
import YAML

@Suite("Configurations of RoBERTa, LLaMA's family and BLOOM")
struct FamilyConfigTests {
    @Test(
        "what cannot be computed is refused by name, never ignored",
        arguments: [
            ("tiny-roberta", #"{"is_decoder": true}"#, "'is_decoder' must be false"),
            ("tiny-roberta", #"{"position_embedding_type": "relative_key"}"#, "supported: absolute"),
            ("tiny-roberta", #"{"pruned_heads": {"0": [1]}}"#, "'pruned_heads'"),
            ("tiny-roberta", #"{"pad_token_id": 39}"#, "'pad_token_id'"),
            ("tiny-roberta", #"{"hidden_act": "mish"}"#, "'hidden_act' is 'mish'; supported: gelu"),
            ("tiny-roberta", #"{"quantization_config": {"bits": 4}}"#, "'quantization_config'"),
            ("tiny-llama", #"{"hidden_act": "mish"}"#, "'hidden_act' is 'mish'"),
            ("tiny-llama", #"{"num_key_value_heads": 3}"#, "not a multiple of 'num_key_value_heads' 3"),
            ("tiny-llama", #"{"head_dim": 7}"#, "'head_dim' must be even"),
            ("tiny-llama", #"{"head_dim": null, "num_attention_heads": 5, "num_key_value_heads": 5}"#, "no 'head_dim'"),
            ("tiny-llama", #"{"partial_rotary_factor": 0.5}"#, "'partial_rotary_factor' must be 1"),
            (
                "tiny-llama", #"{"rope_scaling": {"rope_type": "longrope"}}"#,
                "'rope_type' is 'longrope'; supported: default"
            ),
            ("tiny-llama", #"{"rope_scaling": {"factor": 2.0}}"#, "'rope_scaling' has no 'rope_type'"),
            ("tiny-llama", #"{"rope_scaling": 2}"#, "'rope_scaling' must be an object"),
            ("tiny-llama", #"{"rope_scaling": {"type": "linear"}}"#, "needs 'factor'"),
            ("tiny-llama", #"{"rope_scaling": {"rope_type": "dynamic"}}"#, "needs 'factor'"),
            ("tiny-gpt2", #"{"pruned_heads": {"0": [1]}}"#, "'pruned_heads'"),
            ("tiny-llama", #"{"pruned_heads": {"0": [1]}}"#, "'pruned_heads'"),
            ("tiny-gpt2", #"{"scale_attn_by_inverse_layer_idx": true}"#, "'scale_attn_by_inverse_layer_idx' must be"),
            ("tiny-gpt2", #"{"num_attention_heads": 5}"#, "is not a multiple of 'n_head' 5"),
            (
                "tiny-llama", #"{"rope_scaling": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 1}}"#,
                "needs 'high_freq_factor'"
            ),
            (
                "tiny-llama",
                #"{"rope_scaling": {"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 4, "original_max_position_embeddings": 16}}"#,
                "must be larger than 'low_freq_factor'"
            ),
            ("tiny-qwen2", #"{"layer_types": ["full_attention", "chunked_attention"]}"#, "'layer_types' knows"),
            (
                "tiny-qwen2", #"{"layer_types": ["full_attention", "sliding_attention"]}"#,
                "'use_sliding_window' is false"
            ),
            ("tiny-bloom", #"{"n_head": 5}"#, "not a multiple of the number of heads, 5"),
        ])
    func refusals(checkpoint: String, changes: String, message: String) throws {
        let error = #expect(throws: CheckpointError.self) { try LoadedModel(golden(checkpoint), changing: changes) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test(
        "sequences can be as long as the numbers are right",
        arguments: [
            ("tiny-roberta", "{}", 38, "positions"), ("tiny-roberta", #"{"pad_token_id": 5}"#, 34, "positions"),
            ("tiny-llama", "{}", nil, nil), ("tiny-bloom", "{}", nil, nil),
            (
                "tiny-llama", #"{"rope_scaling": {"type": "dynamic", "factor": 2}}"#, 64,
                "positions before 'rope_scaling' changes them"
            ),
            ("tiny-llama", #"{"sliding_window": 16}"#, 16, "tokens in its sliding window"),
            (
                "tiny-llama", #"{"sliding_window": 16, "attention_chunk_size": 8}"#, 8, "tokens in its sliding window"
            ),
            ("tiny-mistral", "{}", 32, "tokens in its sliding window"),
            ("tiny-mistral", #"{"sliding_window": null}"#, nil, nil),
            ("tiny-qwen2", #"{"sliding_window": 16}"#, nil, nil),
            ("tiny-qwen2", #"{"use_sliding_window": true, "layer_types": null}"#, nil, nil),
            (
                "tiny-qwen2",
                #"{"use_sliding_window": true, "layer_types": null, "sliding_window": 16, "max_window_layers": 1}"#, 16,
                "tokens in its sliding window"
            ),
            (
                "tiny-qwen2",
                #"{"use_sliding_window": true, "sliding_window": 16, "layer_types": ["full_attention", "sliding_attention"]}"#,
                16, "tokens in its sliding window"
            ),
        ] as [(String, String, Int?, String?)])
    func limits(checkpoint: String, changes: String, positions: Int?, name: String?) throws {
        let backbone = try LoadedModel(golden(checkpoint), changing: changes).backbone
        #expect(backbone.maximumPositions == positions)
        if let name { #expect(backbone.positionsName == name) }
    }

    @Test("keys that mean the same under another name, or that newer versions write, are read")
    func names() throws {
        let features = [Feature(inputIDs: [4, 8, 15, 16, 23, 42], tokenTypeIDs: [0, 0, 0, 0, 0, 0])]
        func states(_ checkpoint: String, _ changes: String) throws -> Tensor {
            try LoadedModel(golden(checkpoint), changing: changes).states(features)
        }
        let newer =
            #"{"rope_theta": null, "rope_parameters": {"rope_theta": 100.0, "rope_type": "linear", "factor": 2.5}}"#
        let older = #"{"rope_scaling": {"type": "linear", "factor": 2.5}}"#
        #expect(try states("tiny-llama", newer) == states("tiny-llama", older))
        #expect(try states("tiny-llama", older) != states("tiny-llama", "{}"))
        let bloom = #"{"n_embed": 24, "hidden_size": 99, "num_attention_heads": 6, "n_head": 8}"#
        #expect(try states("tiny-bloom", bloom) == states("tiny-bloom", "{}"))
        #expect(try states("tiny-bloom", #"{"n_embed": null}"#) == states("tiny-bloom", "{}"))
        let gpt2 = try LoadedModel(golden("tiny-gpt2")).backbone
        let names = #"{"hidden_size": \#(gpt2.hiddenSize), "n_embd": 7, "num_hidden_layers": 1, "n_layer": 9}"#
        #expect(try states("tiny-gpt2", names) != states("tiny-gpt2", "{}"))
        #expect(try LoadedModel(golden("tiny-gpt2"), changing: names).backbone.attentions.count == 1)
    }

    @Test("keys that nothing read are told, but for those that change no numbers")
    func unread() throws {
        let text =
            #"{"n_embd": 8, "n_layer": 1, "n_head": 2, "n_positions": 9, "vocab_size": 5, "model_type": "gpt2", "#
            + #""n_ctx": 9, "torch_dtype": "float32", "resid_dropp": 0.1, "logit_scale": null, "summary_type": "mean"}"#
        let config = ModelConfig(try JSONText.parse(text, file: "config.json"))
        let entry = try #require(backbones.first { $0.name == "gpt2" })
        _ = try entry.make(config, BackboneOptions(), ParameterStore(nil, prefix: entry.prefix, seed: 0))
        #expect(config.unreadKeys.map(\.key) == ["resid_dropp"])
        #expect(config.knownKeys.contains("resid_pdrop"))
    }

    @Test("XLM-RoBERTa is RoBERTa under another name")
    func multilingual() throws {
        let features = try goldenSequences(golden("roberta-encoder/batch.json"))
        let own = try LoadedModel(golden("tiny-roberta"))
        let other = try LoadedModel(golden("tiny-roberta"), changing: #"{"model_type": "xlm-roberta"}"#)
        #expect(own.states(features) == other.states(features))
        #expect(other.backbone.className(with: "ForMaskedLM") == "XLMRobertaForMaskedLM")
    }

    @Test("of two token types RoBERTa reads those that the features have, of one it needs none")
    func types() throws {
        let one = try LoadedModel(golden("tiny-roberta"))
        #expect(one.backbone.tokenTypeCount == .max)
        func feature(_ type: Int32) -> [Feature] { [Feature(inputIDs: [0, 9, 2], tokenTypeIDs: [0, type, type])] }
        #expect(one.states(feature(1)) == one.states(feature(0)))
        let error = #expect(throws: CheckpointError.self) {
            try LoadedModel(golden("tiny-roberta"), changing: #"{"type_vocab_size": 2}"#)
        }
        #expect(error?.description.contains("token_type_embeddings.weight' has shape [1, 32]") == true)
    }

    @Test("LLaMA answers questions under the name that transformers has there, from the same checkpoint")
    func answering() throws {
        let features = try goldenSequences(golden("llama-encoder/batch.json"))
        let own = try LoadedModel(golden("tiny-llama"))
        let answering = try LoadedModel(
            golden("tiny-llama"), options: BackboneOptions(headClass: QuestionAnsweringHead.className))
        try answering.store.checkComplete()
        #expect(answering.store.parameters.allSatisfy { $0.path.hasPrefix("transformer.") && $0.isFromCheckpoint })
        #expect(own.store.parameters.allSatisfy { $0.path.hasPrefix("model.") })
        #expect(answering.states(features) == own.states(features))
    }

    @Test("dropout that a manifest asks for is drawn where GPT-2 has it, though the checkpoint has none")
    func dropout() throws {
        for checkpoint in ["tiny-llama", "tiny-bloom"] {
            func states(_ options: BackboneOptions, _ mode: ForwardPass.Mode) throws -> Tensor {
                let model = try LoadedModel(golden(checkpoint), options: options)
                let batch = Batch([Feature(inputIDs: [4, 8, 15], tokenTypeIDs: [0, 0, 0])])
                return model.backbone.hiddenStates(
                    batch, reading: .everyToken, ForwardPass(model.graph, mode: mode)
                ).value
            }
            let plain = try states(BackboneOptions(), .training(seed: 1, step: 0))
            #expect(try plain == states(BackboneOptions(), .evaluation))
            #expect(try plain != states(BackboneOptions(hiddenDropout: 0.3), .training(seed: 1, step: 0)))
            #expect(try plain != states(BackboneOptions(attentionDropout: 0.3), .training(seed: 1, step: 0)))
            #expect(try plain == states(BackboneOptions(hiddenDropout: 0.3, attentionDropout: 0.3), .evaluation))
        }
    }
}
