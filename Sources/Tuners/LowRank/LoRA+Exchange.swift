import Configuration
import NN
import Tensors
import YAML

extension LoRA {
    /// The updates as PEFT saves them. Where an update started with a part of the weight, what it started with is taken away by
    /// as many ranks more, so that the sum belongs to the weight of the checkpoint.
    public func exported(from graph: TunerGraph) -> ExportedAdapter? {
        let sites = sites(of: graph)
        var tensors = settings.targets.tensors(of: graph, sites: sites)
        let parameters = Dictionary(graph.parameters.map { ($0.path, $0) }) { first, _ in first }
        for site in sites {
            let path = "base_model.model.\(site.path)."
            guard let down = parameters["\(site.path).lora_A.weight"], let up = parameters["\(site.path).lora_B.weight"]
            else { continue }
            var (a, b) = (down.variable.value, up.variable.value)
            if settings.start.movesWeight, let first = down.kept, let second = up.kept {
                a = Tensor([2 * first.shape.rows, first.shape.columns], a.array + first.array)
                b = Kernels.concatenateColumns([b, Kernels.scale(second, by: -1)])
            }
            tensors[path + "lora_A.weight"] = a
            tensors[path + "lora_B.weight"] = b
            if let magnitude = parameters["\(site.path).lora_magnitude_vector.weight"] {
                tensors[path + "lora_magnitude_vector"] = magnitude.variable.value
            }
        }
        return ExportedAdapter(tensors: tensors, config: config(graph, sites), headPrefix: "base_model.model.")
    }

    private func config(_ graph: TunerGraph, _ sites: [LinearSite]) -> [String: JSON] {
        let isDoubled = settings.start.movesWeight
        let rankFactor = isDoubled ? 2 : 1
        let alphaFactor = !isDoubled ? 1 : settings.isRankStabilized ? 2.0.squareRoot() : 2
        let own: [String: JSON] = [
            "r": .integer(rankFactor * settings.rank), "lora_alpha": .whole(alphaFactor * settings.alpha),
            "lora_dropout": .number(settings.dropout),
            "rank_pattern": .object(
                Dictionary(settings.ranks.pairs.map { ($0.name, .integer(rankFactor * $0.value)) }) { $1 }),
            "alpha_pattern": .object(
                Dictionary(settings.alphas.pairs.map { ($0.name, .whole(alphaFactor * $0.value)) }) { $1 }),
            "use_rslora": .boolean(settings.isRankStabilized), "use_dora": .boolean(settings.hasMagnitude),
            "init_lora_weights": isDoubled ? true : settings.start.json,
        ]
        return own.merging(LoRA.unused) { $1 }
            .merging(settings.targets.config(graph, sites: sites, defaults: DefaultTargets.lora)) { $1 }
    }

    /// The update from PEFT's tensors.
    public static func imported(_ settings: Settings, _ tensors: [String: Tensor]) throws -> ImportedAdapter {
        ImportedAdapter(LoRA.self, settings, values: try importedValues(tensors))
    }

    /// A low-rank method's parameters and the head's by their names here.
    static func importedValues(_ tensors: [String: Tensor]) throws(AttachmentError) -> [String: Tensor] {
        var values: [String: Tensor] = [:]
        for (name, value) in tensors {
            // With all biases trained PEFT saves those of the head several times over.
            if name.contains(".original_module.") || name.contains(".modules_to_save.") { continue }
            if name.contains(".lora_embedding_") {
                throw AttachmentError(nil, "the adapter changes embeddings ('\(name)'); that is not supported")
            }
            var own = name[...]
            if own.hasPrefix("base_model.model.") { own = own.dropFirst("base_model.model.".count) }
            if own.hasSuffix(".base_layer.bias") { own = own.dropLast("base_layer.bias".count) + "bias" }
            if own.hasSuffix(".lora_magnitude_vector") { own += ".weight" }
            values[String(own)] = value
        }
        return values
    }

    /// The weights of the targets with their updates, and whatever else is trained of the backbone.
    public func merged(in graph: TunerGraph) -> [String: Tensor]? {
        var weights = settings.targets.saved.tensors(of: graph)
        let parameters = Dictionary(graph.parameters.map { ($0.path, $0) }) { first, _ in first }
        let sites = sites(of: graph)
        guard let sizes = try? sizes(of: sites) else { return nil }
        for site in sites {
            guard let down = parameters["\(site.path).lora_A.weight"],
                let up = parameters["\(site.path).lora_B.weight"],
                let size = try? sizes(site)
            else { continue }
            let update = LowRankUpdate(
                site: site, down: down.variable.value, up: up.variable.value, scale: size.scale)
            let sum = update.added(to: site.weight.variable.value)
            guard let magnitude = parameters["\(site.path).lora_magnitude_vector.weight"] else {
                weights[site.weight.path] = sum
                continue
            }
            let lengths = LowRankUpdate.lengths(of: sum, site.layout).array
            let factors = zip(magnitude.variable.value.array, lengths).map { $0 / $1 }
            weights[site.weight.path] = LowRankUpdate.scaled(sum, by: Tensor([site.outputs], factors), site.layout)
        }
        for parameter in graph.trained where parameter.owner == .backbone && parameter.path.hasSuffix(".bias") {
            weights[parameter.path] = parameter.variable.value
        }
        return weights
    }
}

extension LoRA.Settings.Start {
    /// As PEFT writes it.
    var json: JSON {
        switch self {
        case .neutral: true
        case .random: false
        default: .string(rawValue)
        }
    }
}

extension JSON {
    /// A number, without a point where it is whole.
    static func whole(_ value: Double) -> JSON { Int(exactly: value).map { .integer($0) } ?? .number(value) }
}
