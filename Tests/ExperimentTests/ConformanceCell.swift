import Configuration
import Experiment
import Models
import NN
import Tensors
import Testing
import Tuners
import YAML

/// A method, a head and a backbone from the registries, on a tiny network with random weights.
struct ConformanceCell: CustomTestStringConvertible, Sendable {
    let tuner: String
    let head: String
    let kind: LabelSpace.Kind
    let backbone: String

    var testDescription: String { "\(backbone) \(head) \(kind) \(tuner)" }

    /// Every method with every head, in each kind of labels that it can learn, on every backbone.
    static let all: [ConformanceCell] = backbones.flatMap { backbone in
        heads.flatMap { head in
            kinds(of: head.name).flatMap { kind in
                tuners.map {
                    ConformanceCell(tuner: $0.name, head: head.name, kind: kind, backbone: backbone.name)
                }
            }
        }
    }

    private static func kinds(of head: String) -> [LabelSpace.Kind] {
        head == "SEQ_CLS" ? [.classes, .flags, .value] : [.classes]
    }

    /// What a cell is, or why there is none.
    enum Made {
        case model(TunedModel, tuner: any Tuner)
        case refused(String)
    }

    /// Puts the cell together, the same each time.
    ///
    /// - Parameters:
    ///   - isBare: without the method.
    ///   - isUpper: the method in the second layer only, where it can be told so.
    ///   - dropsFrozenPart: whether training drops elements below what is trained too.
    ///   - precision: of products with frozen weights.
    ///   - checkpointsLayers: whether training computes layers again in backward.
    func make(
        isBare: Bool = false, isUpper: Bool = false, dropsFrozenPart: Bool = true, _ precision: Precision = .float32,
        checkpointsLayers: Bool = false
    ) throws -> Made {
        let entry = try #require(backbones.first { $0.name == backbone })
        let headEntry = try #require(heads.first { $0.name == head })
        let text = try #require(Self.configurations[backbone], "no tiny configuration of \(backbone): add one")
        let config = ModelConfig(try JSONText.parse(text, file: "config.json"))
        let store = ParameterStore(nil, prefix: entry.prefix, seed: 5, precision: precision)
        let network = try entry.make(config, BackboneOptions(headEntry), store)
        if let refusal = headEntry.refusal(network.kind) { return .refused(refusal) }
        let labels = kind == .value ? LabelSpace(.value) : LabelSpace(kind, names: ["no", "maybe", "yes"])
        let madeHead = try headEntry.make(HeadSite(network, labels: labels, config: config), store)
        var graph = TunerGraph(
            family: entry.name, attentions: network.attentions, sublayers: network.sublayers,
            wordEmbeddings: network.wordEmbeddings, store: store)
        let method = try self.method(isUpper: isUpper)
        if !isBare {
            do { try method.attach(to: &graph) } catch let error as AttachmentError { return .refused("\(error)") }
        }
        let model = TunedModel(
            backbone: network, head: madeHead, graph: graph, dropsFrozenPart: dropsFrozenPart,
            checkpointsLayers: checkpointsLayers)
        return .model(model, tuner: method)
    }

    /// The model; nil for a cell that is refused, which is a test of its own.
    func model(
        isBare: Bool = false, isUpper: Bool = false, dropsFrozenPart: Bool = true, _ precision: Precision = .float32,
        checkpointsLayers: Bool = false
    ) throws -> TunedModel? {
        let made = try make(
            isBare: isBare, isUpper: isUpper, dropsFrozenPart: dropsFrozenPart, precision,
            checkpointsLayers: checkpointsLayers)
        guard case .model(let model, _) = made else { return nil }
        return model
    }

    /// The method with the registry's defaults, but small.
    private func method(isUpper: Bool) throws -> any Tuner {
        let entry = try #require(tuners.first { $0.name == tuner })
        let known = Set(entry.section.keys.map(\.key))
        var settings = Self.smallSettings
        if isUpper {
            settings.merge(Self.upperSettings) { $1 }
            settings["bias_terms"] = Self.upperBiases[backbone].map { "[\($0)]" }
        }
        let keys = settings.filter { known.contains($0.key) }.map { ",\($0.key): \($0.value)" }
        let node = try YAMLText.parse("{peft_type: \(tuner)\(keys.joined())}", file: "manifest.yaml")
        var diagnostics = Diagnostics()
        let tagged = Tagged(node, tag: "peft_type", tuners, &diagnostics)
        try diagnostics.check()
        return entry.make(try #require(tagged).settings)
    }

    /// Keys whose defaults are too large for the tiny networks, whatever method has them.
    private static let smallSettings = ["num_virtual_tokens": "3", "adapter_len": "3"]

    /// Keys that leave out the first layer, whatever method has them.
    private static let upperSettings = [
        "exclude_modules": #"'.*\.0\..*'"#, "leave_out": "[0]", "adapter_layers": "1",
    ]

    /// A module with a bias in the second layer of each network that has biases and two layers.
    private static let upperBiases = [
        "bert": "1.output.dense", "roberta": "1.output.dense", "gpt2": "1.mlp.c_proj", "bloom": "1.mlp.dense_4h_to_h",
        "llama": "1.mlp.down_proj", "qwen2": "1.self_attn.v_proj",
    ]

    /// By `model_type`, with dropout.
    private static let configurations = [
        "bert": """
        {"model_type": "bert", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
         "intermediate_size": 37, "vocab_size": 61, "type_vocab_size": 2, "max_position_embeddings": 40}
        """,
        "gpt2": """
        {"model_type": "gpt2", "n_embd": 32, "n_layer": 2, "n_head": 4, "n_inner": 40, "vocab_size": 61,
         "n_positions": 40}
        """,
        "roberta": """
        {"model_type": "roberta", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
         "intermediate_size": 37, "vocab_size": 61, "type_vocab_size": 1, "max_position_embeddings": 40,
         "pad_token_id": 1}
        """,
        "xlm-roberta": """
        {"model_type": "xlm-roberta", "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
         "intermediate_size": 23, "vocab_size": 61, "type_vocab_size": 1, "max_position_embeddings": 40,
         "pad_token_id": 1}
        """,
        "llama": """
        {"model_type": "llama", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
         "num_key_value_heads": 2, "intermediate_size": 40, "vocab_size": 61, "attention_dropout": 0.1,
         "attention_bias": true, "mlp_bias": true}
        """,
        "mistral": """
        {"model_type": "mistral", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "head_dim": 12,
         "num_key_value_heads": 2, "intermediate_size": 40, "vocab_size": 61, "sliding_window": 40}
        """,
        "qwen2": """
        {"model_type": "qwen2", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
         "num_key_value_heads": 1, "intermediate_size": 40, "vocab_size": 61, "tie_word_embeddings": true}
        """,
        "bloom": """
        {"model_type": "bloom", "hidden_size": 24, "n_layer": 2, "n_head": 3, "vocab_size": 61,
         "hidden_dropout": 0.1, "attention_dropout": 0.1}
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

    /// Three features of different lengths with labels of the head's kind; of a multiple choice, two or three sequences each.
    var features: [Feature] {
        [[7, 4], [5, 6, 3], [9, 8]].enumerated().map { index, lengths in
            let isChoice = head == "MULTIPLE_CHOICE"
            let used = isChoice ? lengths : Array(lengths.prefix(1))
            let count = used.reduce(0, +)
            let ids = (0..<count).map { Int32(($0 * 7 + index * 11 + 4) % 61) }
            let ends = used.indices.map { used[...$0].reduce(0, +) }
            return Feature(
                inputIDs: ids, tokenTypeIDs: [Int32](repeating: 0, count: count), breaks: Array(ends.dropLast()),
                decoderInputIDs: head == "SEQ_2_SEQ_LM" ? Array(([0] + ids.reversed()).prefix(5 - index)) : [],
                label: label(index, ids))
        }
    }

    private func label(_ index: Int, _ ids: [Int32]) -> Label {
        switch (head, kind) {
        case ("QUESTION_ANS", _): .span(start: index, end: index + 2)
        case ("TOKEN_CLS", _): .tokens([0, 2, 3].map { TokenLabel(position: $0, target: ($0 + Int32(index)) % 3) })
        case ("MASKED_LM", _): .tokens([TokenLabel(position: 1, target: 9), TokenLabel(position: 4, target: 30)])
        case ("CAUSAL_LM", _):
            .tokens(zip(0..., ids.dropFirst()).map { TokenLabel(position: $0, target: $1) })
        case ("SEQ_2_SEQ_LM", _):
            .tokens(zip(0..., ids.reversed().prefix(5 - index)).map { TokenLabel(position: $0, target: $1) })
        case (_, .classes): .category(index % 2)
        case (_, .flags): .flags([1, 0, index == 1 ? 1 : 0])
        case (_, .value): .value(Float(index) - 0.5)
        }
    }
}
