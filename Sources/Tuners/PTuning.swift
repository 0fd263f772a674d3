import Autograd
import Configuration
import NN
import Tensors
import YAML

/// P-tuning: virtual tokens in front of every sequence, or where a template places them, made by a trained network.
///
///     prompt = W₃ relu(W₂ relu(W₁ E + b₁) + b₂) + b₃                  MLP
///     prompt = W₂ relu(W₁ [→lstm(E); ←lstm(E)] + b₁) + b₂             LSTM, which may have several layers
///
/// | symbol   | shape, MLP                             | shape, LSTM                              | starts as             |
/// |----------|----------------------------------------|------------------------------------------|-----------------------|
/// | `E`      | `[prompt, hidden]`                     | `[prompt, hidden]`                       | normal, deviation 1   |
/// | `W₁`, `W₂`, `W₃` | `[inner, hidden]`, `[inner, inner]`, `[hidden, inner]` | `[2 * inner, 2 * inner]`, `[hidden, 2 * inner]` | uniform, as in PyTorch |
/// | `lstm`   |                                        | `[4 * inner, hidden]`, above the first layer `[4 * inner, 2 * inner]`; `[4 * inner, inner]`; `[4 * inner]` twice | uniform, as in PyTorch |
///
/// In an encoder-decoder they stand in front of the source, and as in PEFT as many more are made for the decoder, which nothing reads.
///
/// `inner` is `encoder_hidden_size`. The network is needed in training only: what it makes is saved, and is a prompt as any other.
/// Liu et al., 2021, <https://arxiv.org/abs/2103.10385>; the networks are PEFT's.
public struct PTuning: Tuner {
    /// The `peft_type` that names it.
    public static let name = "P_TUNING"
    /// What it does.
    public static let help = "Virtual tokens in front of every sequence, made by a trained network."

    /// The kind of network.
    public enum Encoder: String, CaseIterable, Sendable {
        /// Three maps with ReLU between them.
        case mlp = "MLP"
        /// A memory that reads the virtual tokens in both directions, and two maps.
        case lstm = "LSTM"
    }

    /// The keys of PEFT's `PromptEncoderConfig`.
    public struct Settings: Config {
        /// The number of virtual tokens.
        public var virtualTokenCount = 16
        /// The kind of network.
        public var encoder = Encoder.mlp
        /// Its inner width; the model's hidden size unless given.
        public var encoderHiddenSize: Int?
        /// The layers of a memory.
        public var encoderLayerCount = 2
        /// The share of elements dropped between the layers of a memory in training.
        public var encoderDropout = 0.0
        /// Where they stand.
        public var combination = PromptCombination.prefix

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .integer(
                "num_virtual_tokens", \.virtualTokenCount, in: 1...4096,
                "Virtual tokens for every sequence; each takes one of the model's positions."),
            .choice(
                "encoder_reparameterization_type", \.encoder,
                "The network that makes them: three maps, or a bidirectional LSTM and two maps."),
            .integer(
                "encoder_hidden_size", \.encoderHiddenSize, in: 1...65536,
                "The network's inner width; the model's hidden size unless given."),
            .integer("encoder_num_layers", \.encoderLayerCount, in: 1...64, "Layers of the LSTM."),
            .number(
                "encoder_dropout", \.encoderDropout, in: 0..<1,
                "Share of elements dropped between the layers of the LSTM in training."),
            .choice(
                "combine", \.combination,
                "Where they stand: in front, as PEFT has them, or with prefix_after_bos behind the first token, so that [CLS] keeps its position."
            ),
        ]
    }

    private let settings: Settings

    /// The method with these settings.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// Declares the network.
    public func attach(to graph: inout TunerGraph) throws {
        let hidden = graph.embeddingSize
        let encoder = try PTuningEncoder(
            graph.scope(PromptAdapter.path), length: settings.virtualTokenCount * graph.promptedNetworks,
            hidden: hidden,
            inner: settings.encoderHiddenSize ?? hidden,
            layers: settings.encoder == .lstm ? settings.encoderLayerCount : 0,
            dropout: Float(settings.encoderDropout))
        try graph.attachPrompt(
            length: settings.virtualTokenCount, place: settings.combination.place, products: encoder.products
        ) { encoder($0) }
    }

    /// What the network makes, as PEFT saves it.
    public func exported(from graph: TunerGraph) -> ExportedAdapter? {
        // PEFT knows no other place than in front.
        guard settings.combination == .prefix else { return nil }
        guard let prompt = ForwardPass(graph, mode: .evaluation).prompt else { return nil }
        return PromptAdapter.exported(
            prompt.value, length: settings.virtualTokenCount, width: graph.embeddingSize, from: graph,
            config: [
                "encoder_reparameterization_type": .string(settings.encoder.rawValue),
                "encoder_hidden_size": .integer(settings.encoderHiddenSize ?? graph.embeddingSize),
                "encoder_num_layers": .integer(settings.encoderLayerCount),
                "encoder_dropout": .number(settings.encoderDropout),
            ])
    }

    /// The prompt that PEFT saved; the network that made it is not in the file.
    public static func imported(_ settings: Settings, _ tensors: [String: Tensor]) throws -> ImportedAdapter {
        try PromptTuning.imported(tensors, length: settings.virtualTokenCount)
    }

    /// Layers, and dropout between them, belong to an LSTM.
    public var contradictions: [Contradiction] {
        var found: [Contradiction] = []
        let type = "encoder_reparameterization_type"
        if settings.encoder == .mlp && settings.encoderLayerCount != Settings().encoderLayerCount {
            found.append(
                Contradiction(
                    key: "encoder_num_layers", with: type,
                    message: "an MLP always has three maps; leave it out, or use '\(type): LSTM'"))
        }
        if settings.encoder == .mlp && settings.encoderDropout > 0 {
            found.append(
                Contradiction(
                    key: "encoder_dropout", with: type,
                    message: "an MLP drops nothing; leave it out, or use '\(type): LSTM'"))
        }
        if settings.encoder == .lstm && settings.encoderLayerCount == 1 && settings.encoderDropout > 0 {
            found.append(
                Contradiction(
                    key: "encoder_dropout", with: "encoder_num_layers",
                    message: "it drops between layers, and there is one only"))
        }
        return found
    }
}
