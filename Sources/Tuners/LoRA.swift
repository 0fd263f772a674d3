import Autograd
import Configuration
import NN
import Tensors
import YAML

/// LoRA: a trained low-rank update beside each frozen linear map it targets.
///
///     y = x Wᵀ + b + (alpha / rank) · dropout(x) Aᵀ Bᵀ
///
/// | symbol | shape               | trained | starts as       |
/// |--------|---------------------|---------|-----------------|
/// | `W`    | `[outputs, inputs]` | no      | checkpoint      |
/// | `A`    | `[rank, inputs]`    | yes     | Kaiming uniform |
/// | `B`    | `[outputs, rank]`   | yes     | zero            |
///
/// `B` starts at zero, so an untrained LoRA does not change the backbone's output.
/// Hu et al., 2021, <https://arxiv.org/abs/2106.09685>.
public struct LoRA: Tuner {
    /// The `peft_type` that names it.
    public static let name = "LORA"
    /// What it does.
    public static let help = "A trained low-rank update beside frozen linear maps."

    /// Keys of PEFT's `LoraConfig`.
    public struct Settings: Config {
        /// The rank of the update.
        public var rank = 8
        /// The update is scaled by this over the rank.
        public var alpha = 8.0
        /// The share of the input's elements dropped in training.
        public var dropout = 0.0

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] = [
            .integer("r", \.rank, in: 1...4096, "Rank of the update; the trained parameters grow with it."),
            .number("lora_alpha", \.alpha, in: .above(0), "The update is scaled by lora_alpha / r."),
            .number(
                "lora_dropout", \.dropout, in: 0..<1, "Share of the update's input dropped in training."),
        ]
    }

    private let settings: Settings

    /// The method with these settings.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// Wraps every target.
    public func attach(to graph: inout TunerGraph) throws {
        let targets = DefaultTargets.lora[graph.family] ?? []
        let (rank, scale, rate) = (settings.rank, Float(settings.alpha / Double(settings.rank)), Float(settings.dropout))
        for site in graph.linears where targets.contains(where: { site.path.hasSuffix("." + $0) }) {
            let scope = graph.scope(site.path)
            // Kaiming uniform with a = √5, as PEFT starts it.
            let a = try scope["lora_A"].parameter("weight", [rank, site.inputs], .linear(inputs: site.inputs))
            let b = try scope["lora_B"].parameter("weight", [site.outputs, rank], .zeros)
            let (down, up) = (2 * rank * site.inputs, 2 * rank * site.outputs)
            let products = AddedProducts(
                perRow: .init(forward: down + up, backward: down + 2 * up, inputGradient: down))
            graph.wrap(site, products: products) { x, base, pass in
                let dropped = dropout(x, pass.dropout(rate, at: site.path + ".lora"))
                let narrow = linear(dropped, weight: a.variable, bias: nil).scaled(by: scale)
                return base(x) + linear(narrow, weight: b.variable, bias: nil)
            }
        }
    }
}
