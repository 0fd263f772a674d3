import Configuration
import NN
import Tensors
import YAML

/// Bottleneck adapters: small trained networks behind, or beside, the sub-layers of each layer.
///
///     f(x) = scaling · (W₂ activation(W₁ x + b₁) + b₂)
///
///     seq_bn           LayerNorm(h + f(LayerNorm(h + r)) + r)      behind the feed-forward network
///     double_seq_bn    LayerNorm(h + f(h) + r)                     behind the attention too
///     par_bn           LayerNorm(h + f(r) + r)                     beside the feed-forward network
///
/// `h` is the sub-layer's output, `r` what went into it; a backbone that normalises before its sub-layers has no norm there.
///
/// | symbol     | shape               | starts as (`bert`)   | `mam_adapter`           | `houlsby`                      |
/// |------------|---------------------|----------------------|-------------------------|--------------------------------|
/// | `W₁`       | `[width, hidden]`   | normal, 0.02         | uniform, as in PyTorch  | normal, 0.01, cut at 0.02      |
/// | `W₂`       | `[hidden, width]`   | normal, 0.02         | zero                    | normal, 0.01, cut at 0.02      |
/// | `b₁`, `b₂` | `[width]`, `[hidden]` | zero               | zero                    | zero                           |
/// | `scaling`  | `[1]` or `[hidden]` | 1, where it is learned | 1                     | 1                              |
///
/// The width is that of the model over `reduction_factor`. Keys and arithmetic are those of the library `adapters`.
/// Houlsby et al., 2019, <https://arxiv.org/abs/1902.00751>; Pfeiffer et al., 2020, <https://arxiv.org/abs/2005.00247>;
/// He et al., 2021, <https://arxiv.org/abs/2110.04366>.
public struct Bottleneck: Tuner {
    /// The `peft_type` that names it.
    public static let name = "BOTTLENECK"
    /// What it does.
    public static let help =
        "Small trained networks behind or beside the sub-layers (Houlsby, Pfeiffer, parallel adapters)."

    let settings: Settings
    let form: BottleneckForm

    /// The method with these settings.
    public init(_ settings: Settings) {
        self.settings = settings
        form = BottleneckForm(settings)
    }

    /// Only an adapter that starts by adding nothing.
    public var startsNeutral: Bool { form.startsNeutral }

    /// Follows the sub-layers.
    public func attach(to graph: inout TunerGraph) throws {
        let last = graph.sublayers.map(\.layer).max() ?? -1
        for layer in settings.leftOut where layer > last {
            throw AttachmentError("leave_out", "there is no layer \(layer); the last one is \(last)")
        }
        if case .second(let factors)? = settings.reductionFactor {
            for name in factors.pairs.map(\.name)
            where name != "default" && !(0...max(0, last)).contains(where: { "\($0)" == name }) {
                throw AttachmentError(
                    "reduction_factor",
                    "there is no layer '\(name)'; they are 0 to \(last), and 'default' for all others")
            }
        }
        let sites = graph.sublayers.filter { site in
            guard !settings.leftOut.contains(site.layer) else { return false }
            return switch site.kind {
            case .attention: form.followsAttention
            case .feedForward: form.followsFeedForward
            // Only the library's `cross_adapter` would follow those, which is off unless asked for.
            case .crossAttention: false
            }
        }
        guard !sites.isEmpty else {
            let isOff = !form.followsAttention && !form.followsFeedForward
            throw AttachmentError(
                isOff ? "output_adapter" : "leave_out",
                isOff
                    ? "with mh_adapter and output_adapter false there is no adapter" : "no layer is left for an adapter"
            )
        }
        for site in sites {
            let width = try form.width(hidden: site.hidden, layer: site.layer)
            let scope = graph.scope(Self.path(of: site, in: graph.family))
            let adapter = try BottleneckAdapter(scope, hidden: site.hidden, width: width, form)
            try graph.follow(site, products: adapter.products, adapter.follow)
        }
    }

    /// Where the library keeps a sub-layer's adapter: in BERT, its relatives and T5 in the sub-layer's own module, in the layer's elsewhere.
    private static func path(of site: SublayerSite, in family: String) -> String {
        if ["bert", "roberta", "xlm-roberta", "t5", "mt5"].contains(family) { return "\(site.path).adapters" }
        let parts = site.path.split(separator: ".")
        let end = parts.lastIndex { $0 == "\(site.layer)" } ?? parts.index(before: parts.endIndex)
        let name = site.kind == .attention ? "attention_adapters" : "output_adapters"
        return "\(parts[...end].joined(separator: ".")).\(name).adapters"
    }

    /// Settings that the others leave without effect.
    public var contradictions: [Contradiction] {
        var found: [Contradiction] = []
        func note(_ key: String, _ other: String, _ message: String, if holds: Bool) {
            if holds { found.append(Contradiction(key: key, with: other, message: message)) }
        }
        let isResidualGiven = settings.residual != .first(true)
        note(
            "original_ln_before", "is_parallel",
            "a parallel adapter works on what goes into the sub-layer; leave it out",
            if: form.isParallel && settings.hasOriginalNormBefore == true)
        note(
            "residual_before_ln", "is_parallel", "a parallel adapter has no residual of its own; leave it out",
            if: form.isParallel && isResidualGiven)
        note(
            "residual_before_ln", "original_ln_before", "it is read only with 'original_ln_before: true'",
            if: !form.isParallel && !form.hasOriginalNormBefore && isResidualGiven)
        note(
            "adapter_residual_before_ln", "is_parallel", "a parallel adapter has no residual of its own; leave it out",
            if: form.isParallel && settings.addsResidualBeforeNorm)
        note(
            "adapter_residual_before_ln", "ln_after", "it is read only with 'ln_after: true'",
            if: !form.isParallel && !settings.hasNormAfter && settings.addsResidualBeforeNorm)
        return found
    }
}
