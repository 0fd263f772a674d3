import Generation
import Models
import NN
import Tensors
import YAML

/// A network with random weights that writes as many tokens as it is asked for.
struct WritingModel {
    /// What the report calls it.
    let name: String
    private let generator: Generator

    /// Tokens of one text; the prompt has 16.
    static let tokenCount = 64

    /// The networks that are measured: the size of GPT-2's smallest, and one whose weights stay in the cache.
    static func all() throws -> [WritingModel] {
        [
            try WritingModel(
                "GPT-2's size",
                #"{"model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "vocab_size": 50257, "n_positions": 1024}"#
            ),
            try WritingModel(
                "260,000 parameters",
                #"{"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 5, "num_attention_heads": 8, "num_key_value_heads": 4, "intermediate_size": 172, "vocab_size": 512, "tie_word_embeddings": true}"#
            ),
        ]
    }

    private init(_ name: String, _ config: String) throws {
        self.name = name
        let config = ModelConfig(try JSONText.parse(config, file: "config.json"))
        guard let entry = backbones.first(where: { $0.name == config.modelType }),
            let head = heads.first(where: { $0.name == CausalLanguageHead.taskType })
        else { throw BenchError("there is no model for generation") }
        let store = ParameterStore(nil, prefix: entry.prefix, seed: 1)
        let backbone = try entry.make(config, BackboneOptions(head), store)
        let graph = TunerGraph(
            family: entry.name, attentions: backbone.attentions, sublayers: backbone.sublayers,
            wordEmbeddings: backbone.wordEmbeddings, store: store)
        let model = TunedModel(
            backbone: backbone, head: try head.make(HeadSite(backbone, labels: LabelSpace(), config: config), store),
            graph: graph)
        var settings = GenerationSettings()
        settings.maxNewTokens = Self.tokenCount
        generator = try Generator(model, settings)
    }

    /// Tokens written in a second, one after the other or in `count` texts side by side, prompts included in the time.
    func tokensPerSecond(texts count: Int = 1) throws -> Double {
        let prompts = (0..<count).map { text in
            Feature(inputIDs: (0..<16).map { Int32($0 * 31 + text) }, tokenTypeIDs: [Int32](repeating: 0, count: 16))
        }
        let clock = ContinuousClock()
        let start = clock.now
        let texts = try generator.generate(prompts, seed: 0)
        return Double(texts.reduce(0) { $0 + $1[0].tokens.count }) / ((clock.now - start) / .seconds(1))
    }
}
