import Autograd
import Configuration
import NN
import Tensors
import YAML

/// Prefix tuning, P-tuning v2: trained keys and values in front of those of every attention.
///
///     keys, values = [prefixKey; k], [prefixValue; v]
///     prefix = E                                              without projection
///     prefix = W₂ tanh(W₁ E + b₁) + b₂                        with projection
///
/// | symbol    | shape                                                       | starts as                 |
/// |-----------|-------------------------------------------------------------|---------------------------|
/// | `E`       | `[prefix, layers * 2 * hidden]`, projected `[prefix, hidden]` | normal, deviation 1     |
/// | `W₁`, `b₁` | `[encoder_hidden_size, hidden]`                            | uniform, as in PyTorch    |
/// | `W₂`, `b₂` | `[layers * 2 * hidden, encoder_hidden_size]`               | uniform, as in PyTorch    |
///
/// Columns `2 i hidden` and after hold the keys of attention `i`, the next `hidden` its values, as in PEFT. Dropout on the prefix,
/// drawn for each sequence, is P-tuning v2's; PEFT has none, and neither has the default.
/// Li & Liang, 2021, <https://arxiv.org/abs/2101.00190>; Liu et al., 2022, <https://arxiv.org/abs/2110.07602>.
public struct PrefixTuning: Tuner {
    /// The `peft_type` that names it.
    public static let name = "PREFIX_TUNING"
    /// What it does.
    public static let help = "Trained keys and values in front of every attention (P-tuning v2)."

    /// The keys of PEFT's `PrefixTuningConfig`, and dropout.
    public struct Settings: Config {
        /// The number of trained positions.
        public var virtualTokenCount = 16
        /// Whether the prefix is made by a two-layer network from a narrow embedding.
        public var projects = false
        /// The width of that network; the model's hidden size unless given.
        public var encoderHiddenSize: Int?
        /// The share of the prefix's elements dropped in training.
        public var dropout = 0.0

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .integer(
                "num_virtual_tokens", \.virtualTokenCount, in: 1...4096,
                "Trained positions in front of each attention's keys; each also takes one of the model's positions."),
            .boolean(
                "prefix_projection", \.projects,
                "Make the prefix by a two-layer tanh network: slower to train, steadier on some tasks."),
            .integer(
                "encoder_hidden_size", \.encoderHiddenSize, in: 1...65536,
                "Width of the projection's network; the model's hidden size unless given."),
            .number(
                "prefix_dropout", \.dropout, in: 0..<1,
                "Share of the prefix's elements dropped in training, drawn for each sequence, as P-tuning v2 does."),
        ]
    }

    private let settings: Settings

    /// The method with these settings.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// Declares the prefix of every attention.
    public func attach(to graph: inout TunerGraph) throws {
        let sites = graph.attentions
        let width = sites.reduce(0) { $0 + 2 * $1.hidden }
        let (length, hidden) = (settings.virtualTokenCount, sites.first?.hidden ?? 0)
        let scope = graph.scope(Self.path)
        let embedding = try scope["embedding"].parameter(
            "weight", [length, settings.projects ? hidden : width], .normal(deviation: 1))
        var projection: (Linear, Linear)?
        if settings.projects {
            let inner = settings.encoderHiddenSize ?? hidden
            projection = (
                try Linear(scope["transform"][0], inputs: hidden, outputs: inner, deviation: nil),
                try Linear(scope["transform"][2], inputs: inner, outputs: width, deviation: nil)
            )
        }
        let maps = projection.map { $0.0.site.weight.shape.count + $0.1.site.weight.shape.count } ?? 0
        let forward = 2 * length * maps
        // Backward: the gradients of both weights and of what goes into both maps.
        let products = AddedProducts(perPass: .init(forward: forward, backward: 2 * forward))
        try graph.attachPrefix(length: length, dropout: Float(settings.dropout), products: products) { _ in
            let whole =
                projection.map { first, second in second(first(embedding.variable, activation: .tanh)) }
                ?? embedding.variable
            var start = 0
            return sites.map { site in
                defer { start += 2 * site.hidden }
                return KeyValuePrefix(
                    key: columns(whole, start..<start + site.hidden),
                    value: columns(whole, start + site.hidden..<start + 2 * site.hidden))
            }
        }
    }

    /// The prefix as PEFT saves it, with the projection already applied.
    public func exported(from graph: TunerGraph) -> ExportedAdapter? {
        let prefixes = ForwardPass(graph, mode: .evaluation).prefixes.flatMap { [$0.key.value, $0.value.value] }
        let hidden = graph.attentions.first?.hidden ?? 0
        return ExportedAdapter(
            tensors: ["prompt_embeddings": Kernels.concatenateColumns(prefixes)],
            config: [
                "num_virtual_tokens": .integer(settings.virtualTokenCount),
                "prefix_projection": .boolean(settings.projects),
                "encoder_hidden_size": .integer(settings.encoderHiddenSize ?? hidden), "init_weights": .null,
                "token_dim": .integer(hidden), "num_layers": .integer(graph.attentions.count),
                "num_attention_heads": .integer(graph.attentions.first?.heads ?? 0), "num_transformer_submodules": 1,
            ], headPrefix: "base_model.")
    }

    /// A width of the projection's network says nothing without the network.
    public var contradictions: [Contradiction] {
        guard settings.encoderHiddenSize != nil, !settings.projects else { return [] }
        return [
            Contradiction(
                key: "encoder_hidden_size", with: "prefix_projection",
                message: "it is read only with 'prefix_projection: true'")
        ]
    }

    /// The name in front of its parameters, PEFT's.
    static let path = "prompt_encoder"
}
