import Files
import Models
import NN
import Tensors
import YAML

/// A model of a known shape whose weights are drawn: what it costs to compute does not depend on them.
struct RandomModel: Sendable {
    /// What the report calls it, and its folder.
    let name: String
    /// The keys of its `config.json`.
    let config: [String: JSON]
    /// The head it gets.
    let taskName: String

    /// BERT-base, uncased.
    static let bertBase = RandomModel(
        name: "bert-base",
        config: [
            "model_type": "bert", "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
            "intermediate_size": 3072, "vocab_size": 30522, "max_position_embeddings": 512, "type_vocab_size": 2,
            "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1,
            "layer_norm_eps": 1e-12, "pad_token_id": 0,
        ], taskName: "QUESTION_ANS")

    /// The smallest GPT-2.
    static let gpt2 = RandomModel(
        name: "gpt2",
        config: [
            "model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "vocab_size": 50257, "n_positions": 1024,
            "resid_pdrop": 0.1, "embd_pdrop": 0.1, "attn_pdrop": 0.1,
        ], taskName: "CAUSAL_LM")

    /// A GPT of four layers with BERT's vocabulary.
    static let smallGPT = RandomModel(
        name: "small-gpt",
        config: [
            "model_type": "gpt2", "n_embd": 256, "n_layer": 4, "n_head": 4, "vocab_size": 30522, "n_positions": 1024,
            "resid_pdrop": 0.1, "embd_pdrop": 0.1, "attn_pdrop": 0.1,
        ], taskName: "CAUSAL_LM")

    /// A LLaMA of 260,000 parameters, whose weights stay in the processor's cache.
    static let stories = RandomModel(
        name: "stories260k",
        config: [
            "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 5, "num_attention_heads": 8,
            "num_key_value_heads": 4, "intermediate_size": 172, "vocab_size": 512, "max_position_embeddings": 512,
            "tie_word_embeddings": true,
        ], taskName: "CAUSAL_LM")

    /// The model in memory.
    func model() throws -> TunedModel {
        let config = ModelConfig(try JSONText.parse(JSON.object(config).compactText, file: "\(name)/config.json"))
        guard let entry = backbones.first(where: { $0.name == config.modelType }),
            let head = heads.first(where: { $0.name == taskName })
        else { throw BenchError("the program knows no \(name) for \(taskName)") }
        let store = ParameterStore(nil, prefix: entry.prefix, seed: 1)
        let backbone = try entry.make(config, BackboneOptions(head), store)
        let graph = TunerGraph(
            family: entry.name, attentions: backbone.attentions, sublayers: backbone.sublayers,
            wordEmbeddings: backbone.wordEmbeddings, store: store)
        return TunedModel(
            backbone: backbone, head: try head.make(HeadSite(backbone, labels: LabelSpace(), config: config), store),
            graph: graph)
    }

    /// Its checkpoint below `parent`, which is made unless it is there already, with the tokenizer of the folder at `tokenizer`.
    func folder(in parent: String, tokenizer: String) throws -> String {
        let folder = "\(parent)/\(name)"
        let text = JSON.object(config).prettyText
        if (try? FileContents.text(at: "\(folder)/config.json")) == text { return folder }
        Bench.talk("making \(folder), once\n")
        try Folder.make(folder)
        var weights: [String: Tensor] = [:]
        for parameter in try model().graph.parameters { weights[parameter.path] = parameter.variable.value }
        try AtomicFile.write(SafeTensors.data(weights), to: "\(folder)/model.safetensors")
        for file in Self.tokenizerFiles where FileContents.exists("\(tokenizer)/\(file)") {
            try AtomicFile.write(FileContents.data(at: "\(tokenizer)/\(file)"), to: "\(folder)/\(file)")
        }
        // Last: a folder with a configuration is complete.
        try AtomicFile.write(text, to: "\(folder)/config.json")
        return folder
    }

    private static let tokenizerFiles = [
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt", "vocab.json", "merges.txt",
    ]
}
