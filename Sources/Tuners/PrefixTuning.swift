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
/// | `E`       | `[prefix, layers * 2 * hidden]`, projected `[prefix, hidden]` | normal, deviation 1; zero; a text |
/// | `W₁`, `b₁` | `[encoder_hidden_size, hidden]`                            | uniform, as in PyTorch    |
/// | `W₂`, `b₂` | `[layers * 2 * hidden, encoder_hidden_size]`               | uniform, as in PyTorch; zero |
///
/// Here `hidden` is the width of the keys, which is less than the model's where several heads share keys and values.
///
/// No start leaves the backbone's output as it was: keys of zero have scores of zero, and take their share of the attention from the
/// real tokens; besides, positions then start the same, and without a projection or dropout they stay the same. `E` can start as the keys
/// and values that the backbone has for a text.
///
/// In an encoder-decoder the prefix stands, unless `prefix_at` says otherwise, where PEFT has it: in front of the decoder's attentions to its
/// own tokens. There PEFT cuts one table for both kinds of the decoder's attentions and uses the half for its own tokens only, so that of
/// `n` layers layer `i` has the keys and values number `2 i mod n`: with an even `n` two layers share each, and the others are never read.
/// With `prefix_at` each attention has its own, which PEFT cannot read.
///
/// Columns `2 i hidden` and after hold the keys of attention `i`, the next `hidden` its values, as in PEFT. Dropout on the prefix,
/// drawn for each sequence, is P-tuning v2's; PEFT has none, and neither has the default.
/// Li & Liang, 2021, <https://arxiv.org/abs/2101.00190>; Liu et al., 2022, <https://arxiv.org/abs/2110.07602>.
public struct PrefixTuning: Tuner {
    /// The `peft_type` that names it.
    public static let name = "PREFIX_TUNING"
    /// What it does.
    public static let help = "Trained keys and values in front of every attention (P-tuning v2)."

    let settings: Settings

    /// The method with these settings.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// Declares the prefix of every attention.
    public func attach(to graph: inout TunerGraph) throws {
        let (places, widths) = try layout(in: graph)
        let width = widths.reduce(0) { $0 + 2 * $1 }
        let (length, hidden) = (settings.virtualTokenCount, widths.first ?? 0)
        let scope = graph.scope(PromptAdapter.path)
        let startsAtZero = settings.start == .zero
        let embedding = try scope["embedding"].parameter(
            "weight", [length, settings.projects ? hidden : width],
            startsAtZero && !settings.projects ? .zeros : .normal(deviation: 1))
        var projection: (Linear, Linear)?
        if settings.projects {
            let inner = settings.encoderHiddenSize ?? hidden
            projection = (
                try Linear(scope["transform"][0], inputs: hidden, outputs: inner, deviation: nil),
                try Linear(scope["transform"][2], inputs: inner, outputs: width, deviation: startsAtZero ? 0 : nil)
            )
        }
        let maps = projection.map { $0.0.site.weight.shape.count + $0.1.site.weight.shape.count } ?? 0
        let forward = 2 * length * maps
        // Backward: the gradients of both weights and of what goes into both maps.
        let products = AddedProducts(perPass: .init(forward: forward, backward: 2 * forward))
        try graph.attachPrefix(
            length: length, at: places, dropout: Float(settings.dropout), products: products
        ) { _ in
            let whole =
                projection.map { first, second in second(first(embedding.variable, activation: .tanh)) }
                ?? embedding.variable
            var start = 0
            return widths.map { width in
                defer { start += 2 * width }
                return KeyValuePrefix(
                    key: columns(whole, start..<start + width),
                    value: columns(whole, start + width..<start + 2 * width))
            }
        }
    }

    /// For each attention the number of its keys and values in the table, and the widths of those in the table.
    private func layout(in graph: TunerGraph) throws(AttachmentError) -> (places: [Int?], widths: [Int]) {
        let sites = graph.attentions
        guard graph.isEncoderDecoder else {
            if settings.attentions != nil {
                throw AttachmentError(
                    "prefix_at", "a \(graph.family) has one network, all of whose attentions get a prefix; leave it out"
                )
            }
            return (sites.indices.map { $0 }, sites.map(\.keyWidth))
        }
        if settings.text != nil {
            throw AttachmentError(
                "init_text",
                "a prefix of a \(graph.family), which has two networks, cannot start as a text; leave it out")
        }
        var (places, widths): ([Int?], [Int]) = ([], [])
        if let wanted = settings.attentions {
            for site in sites {
                let isWanted = site.stack.map(wanted.contains) ?? false
                places.append(isWanted ? widths.count : nil)
                if isWanted { widths.append(site.keyWidth) }
            }
        } else {
            // PEFT counts the encoder's layers; where the decoder has more, each of those has its own.
            let count = max(graph.layerCount, sites.count { $0.stack == .decoder })
            var layer = 0
            for site in sites {
                places.append(site.stack == .decoder ? 2 * layer % count : nil)
                if site.stack == .decoder { layer += 1 }
            }
            widths = [Int](repeating: sites.first?.keyWidth ?? 0, count: count)
        }
        return (places, widths)
    }

    /// Gives the prefix the keys and values of the text's tokens.
    public func start(_ graph: TunerGraph, from reader: any TextReader) throws {
        guard let text = settings.text, let embedding = PromptAdapter.table(of: graph) else { return }
        let tokens = try PromptAdapter.tokens(
            of: text, length: settings.virtualTokenCount, key: "init_text", graph, reader)
        let read = try reader.keysAndValues(of: tokens)
        embedding.variable.value = Kernels.concatenateColumns(read.flatMap { [$0.key, $0.value] })
    }

    /// The prefix as PEFT saves it, with the projection already applied.
    public func exported(from graph: TunerGraph) -> ExportedAdapter? {
        // PEFT knows no other attentions than its own choice.
        guard settings.attentions == nil else { return nil }
        let prefixes = ForwardPass(graph, mode: .evaluation).prefixes.flatMap { [$0.key.value, $0.value.value] }
        let (hidden, heads) = (graph.attentions.first?.keyWidth ?? 0, graph.attentions.first?.keyValueHeads ?? 0)
        return PromptAdapter.exported(
            Kernels.concatenateColumns(prefixes), length: settings.virtualTokenCount, width: hidden, heads: heads,
            layers: prefixes.count / 2, from: graph,
            config: [
                "prefix_projection": .boolean(settings.projects),
                "encoder_hidden_size": .integer(settings.encoderHiddenSize ?? hidden),
                "init_weights": settings.start.map { .string($0.rawValue) } ?? .null,
            ])
    }

    /// The prefix that PEFT saved; a projection that made it is not in the file.
    public static func imported(_ settings: Settings, _ tensors: [String: Tensor]) throws -> ImportedAdapter {
        var plain = Settings()
        plain.virtualTokenCount = settings.virtualTokenCount
        return ImportedAdapter(
            Self.self, plain, values: try PromptAdapter.imported(tensors, length: settings.virtualTokenCount))
    }
}
