import Autograd
import Configuration
import Models
import NN
import Tensors
import Testing
import Tuners

@testable import Generation

/// Every decoder of the registry with every method.
@Suite("Keeping keys and values changes nothing")
struct CacheTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let backbone: String
        let peft: String
        var testDescription: String { "\(backbone) \(peft)" }
    }

    static let configurations = [
        "gpt2": """
        {"model_type": "gpt2", "n_embd": 32, "n_layer": 2, "n_head": 4, "n_inner": 40, "vocab_size": 61,
         "n_positions": 120, "initializer_range": 0.3}
        """,
        "llama": """
        {"model_type": "llama", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
         "num_key_value_heads": 2, "intermediate_size": 40, "vocab_size": 61, "attention_bias": true, "mlp_bias": true,
         "initializer_range": 0.3}
        """,
        "mistral": """
        {"model_type": "mistral", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "head_dim": 12,
         "num_key_value_heads": 2, "intermediate_size": 40, "vocab_size": 61, "sliding_window": 120,
         "initializer_range": 0.3}
        """,
        "qwen2": """
        {"model_type": "qwen2", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
         "num_key_value_heads": 1, "intermediate_size": 40, "vocab_size": 61, "tie_word_embeddings": true,
         "initializer_range": 0.3}
        """,
        "bloom": """
        {"model_type": "bloom", "hidden_size": 24, "n_layer": 2, "n_head": 3, "vocab_size": 61, "initializer_range": 0.3}
        """,
        "t5": """
        {"model_type": "t5", "d_model": 24, "d_kv": 6, "d_ff": 37, "num_layers": 2, "num_heads": 4, "vocab_size": 61,
         "relative_attention_num_buckets": 8, "relative_attention_max_distance": 10}
        """,
        "mt5": """
        {"model_type": "mt5", "d_model": 20, "d_kv": 6, "d_ff": 37, "num_layers": 2, "num_decoder_layers": 3,
         "num_heads": 4, "vocab_size": 61, "relative_attention_num_buckets": 8, "relative_attention_max_distance": 10}
        """,
    ]
    private static let small = ["num_virtual_tokens": "3", "adapter_len": "3"]
    /// Settings beside each method's usual ones.
    private static let variants = [
        "LORA": [", use_dora: true"],
        "PREFIX_TUNING": [", prefix_projection: true"],
        "P_TUNING": [", encoder_reparameterization_type: LSTM"],
        "PROMPT_TUNING": [", combine: prefix_after_bos"],
    ]

    static let cases = configurations.keys.sorted().flatMap { backbone in
        tuners.flatMap { entry in
            let known = Set(entry.section.keys.map(\.key))
            let keys = small.filter { known.contains($0.key) }.map { ", \($0.key): \($0.value)" }.joined()
            return ([""] + variants[entry.name, default: []]).map {
                Case(backbone: backbone, peft: "{peft_type: \(entry.name)\(keys)\($0)}")
            }
        }
    }

    private func model(_ given: Case) throws -> TunedModel? {
        try GenerationModel(config: try #require(Self.configurations[given.backbone]), peft: given.peft)?.model
    }

    static let prompts: [Feature] = [[7, 3, 44, 12, 9], [5], [60, 2, 2, 31, 8, 8, 19, 27]].map(prompt)

    @Test("all decoders are there")
    func coverage() {
        let kinds = backbones.filter { !["bert", "roberta", "xlm-roberta"].contains($0.name) }.map(\.name)
        #expect(kinds.sorted() == Self.configurations.keys.sorted(), "add a tiny configuration")
    }

    @Test("about the texts, of one, of several at a time, and with beams", arguments: cases)
    func texts(given: Case) throws {
        guard let model = try model(given) else { return }
        var settings = GenerationSettings()
        settings.maxNewTokens = 12
        for beams in [1, 3] {
            settings.beamCount = beams
            settings.usesCache = true
            let together = try Generator(model, settings).generate(Self.prompts, seed: 1)
            let alone = try Self.prompts.map { try Generator(model, settings).generate([$0], seed: 1)[0] }
            #expect(together == alone)
            settings.usesCache = false
            let anew = try Generator(model, settings).generate(Self.prompts, seed: 1)
            #expect(together.map { $0.map(\.tokens) } == anew.map { $0.map(\.tokens) })
        }
    }

    @Test("about the logits of each next token, across blocks of kept tokens", arguments: cases)
    func logits(given: Case) throws {
        guard let model = try model(given), let head = model.head as? any LanguageHead else { return }
        let ids = (0..<80).map { Int32(($0 * 7 + 4) % 61) }
        let pass = model.decodingPass()
        let cache = try #require(pass.cache)
        cache.sequences = [KeptSequence(attentions: model.backbone.attentions.count)]
        GradientRecording.off {
            var count = 3
            var found = model.nextLogits(start(model, ids[..<count]), pass, head)
            while true {
                if [3, 4, 40, 61, 62, 63, 64, 65, 66, 67, 68, 80].contains(count) {
                    let whole = start(model, ids[..<count])
                    let expected = model.nextLogits(whole, ForwardPass(model.graph, mode: .evaluation), head)
                    #expect(difference(found, expected) < 1e-5, "after \(count)")
                }
                guard count < ids.count else { break }
                found = model.nextLogits(model.nextBatch([ids[count]], after: cache.counts), pass, head)
                count += 1
            }
        }
    }

    @Test("and methods are used at every step: the logits are others without them", arguments: cases)
    func methods(given: Case) throws {
        guard !given.peft.contains("LINEAR"), !given.peft.contains("FULL"), !given.peft.contains("BITFIT"),
            let model = try model(given)
        else { return }
        let bare = try #require(try self.model(Case(backbone: given.backbone, peft: "{peft_type: FULL}")))
        for (with, without) in zip(try lastLogits(model), try lastLogits(bare)) {
            #expect(difference(with, without) > 1e-4)
        }
    }

    /// The first tokens of a text; of an encoder-decoder those of the decoder, behind a source.
    private func start(_ model: TunedModel, _ ids: ArraySlice<Int32>) -> Batch {
        guard model.readsSource else { return Batch([prompt(Array(ids))]) }
        return Batch([Feature(inputIDs: [7, 3, 44, 9], tokenTypeIDs: [0, 0, 0, 0], decoderInputIDs: Array(ids))])
    }

    /// The logits after each of some tokens, which go through the model one by one.
    private func lastLogits(_ model: TunedModel) throws -> [Tensor] {
        let head = try #require(model.head as? any LanguageHead)
        let pass = model.decodingPass()
        let cache = try #require(pass.cache)
        cache.sequences = [KeptSequence(attentions: model.backbone.attentions.count)]
        return GradientRecording.off {
            (0..<20).map { place in
                let id = Int32((place * 11 + 5) % 61)
                let batch = place == 0 ? start(model, [id, 17]) : model.nextBatch([id], after: cache.counts)
                return model.nextLogits(batch, pass, head)
            }
        }
    }

    /// The largest difference, as a share of the largest logit.
    private func difference(_ one: Tensor, _ other: Tensor) -> Float {
        let scale = other.array.map(abs).max() ?? 1
        return (zip(one.array, other.array).map { abs($0 - $1) }.max() ?? 1) / max(1, scale)
    }
}
