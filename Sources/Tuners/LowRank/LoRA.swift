import Autograd
import Configuration
import NN
import Tensors

/// LoRA: a trained low-rank update beside each frozen linear map it targets.
///
///     y = x Wᵀ + b + scale · dropout(x) Aᵀ Bᵀ        scale = alpha / rank, or alpha / √rank (rsLoRA)
///
/// | symbol | shape               | trained | starts as                                                       |
/// |--------|---------------------|---------|-----------------------------------------------------------------|
/// | `W`    | `[outputs, inputs]` | no      | checkpoint, less `scale B A` for `pissa` and `both_nonzero`      |
/// | `A`    | `[rank, inputs]`    | yes     | Kaiming uniform; `gaussian`: deviation 1 / rank; or as `pissa`   |
/// | `B`    | `[outputs, rank]`   | yes     | zero; `false` and `both_nonzero`: uniform; or as `pissa`         |
/// | `m`    | `[outputs]`         | DoRA    | `|W + scale B A|` of each output                                |
///
/// An untrained LoRA does not change the backbone's output, unless it starts as `false`. With DoRA each output's weights get the
/// length `m`, whose place the length of `W + scale B A` takes, as a constant to the gradient:
///
///     y = m / |W + scale B A| · (x Wᵀ + scale · x Aᵀ Bᵀ) + b
///
/// `pissa` starts with the `rank` largest singular values `W = U S V`: `A = √(S / scale) V`, `B = U √(S / scale)`.
/// Hu et al., 2021, <https://arxiv.org/abs/2106.09685>; Kalajdzievski, 2023, <https://arxiv.org/abs/2312.03732>;
/// Liu et al., 2024, <https://arxiv.org/abs/2402.09353>; Meng et al., 2024, <https://arxiv.org/abs/2404.02948>.
public struct LoRA: Tuner {
    /// The `peft_type` that names it.
    public static let name = "LORA"
    /// What it does.
    public static let help = "A trained low-rank update beside frozen linear maps."

    let settings: Settings

    /// The method with these settings.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// Unless both parts of an update are random.
    public var startsNeutral: Bool { settings.start != .random }

    /// Layers go with a list of modules.
    public var contradictions: [Contradiction] { settings.targets.contradictions }

    /// Wraps every target.
    public func attach(to graph: inout TunerGraph) throws {
        let sites = try settings.targets.attach(to: graph, defaults: DefaultTargets.lora, part: "lora_A.weight")
        let sizes = try sizes(of: sites)
        for site in sites {
            let size = try sizes(site)
            let map = try LoRAMap(site, size, settings, in: graph)
            graph.wrap(site, products: map.products) { x, base, pass in map(x, base, pass) }
        }
    }

    /// The linear maps that are meant; empty where they do not fit.
    func sites(of graph: TunerGraph) -> [LinearSite] {
        (try? settings.targets.sites(of: graph, defaults: DefaultTargets.lora)) ?? []
    }
}
