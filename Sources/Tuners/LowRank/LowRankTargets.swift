import Configuration
import NN
import Tensors
import YAML

/// The keys that all low-rank methods share: what they are put on, and what else is trained.
public struct LowRankTargets: Config {
    /// Which biases are trained, PEFT's `bias`.
    public enum Bias: String, CaseIterable, Sendable {
        case none
        case all
        case targets = "lora_only"
    }

    /// The linear maps.
    public var targets = Targets()
    /// The layers they must be in.
    public var layers = LayerSelection()
    /// What is trained in full.
    public var saved = ModulesToSave()
    /// Which biases are trained.
    public var bias = Bias.none
    /// Whether weights are stored with the inputs first, if the manifest says so.
    public var fanInFanOut: Bool?

    /// The defaults.
    public init() {}

    /// The keys, to stand among a method's own (`Field.within`).
    public static let fields: [Field<Self>] =
        Field.within(\.targets) + Field.within(\.layers) + Field.within(\.saved) + [
            .choice(
                "bias", \.bias,
                "Biases to train: none, all of the model's, or with lora_only those of the target modules."),
            .boolean(
                "fan_in_fan_out", \.fanInFanOut,
                "Whether the targets' weights are stored with the inputs first, as GPT-2's are; the model knows, so it may be "
                    + "left out."),
        ]

    /// Settings that do not go together.
    var contradictions: [Contradiction] { layers.contradictions(with: targets) }

    /// The linear maps that are meant.
    func sites(of graph: TunerGraph, defaults: [String: [String]]) throws(AttachmentError) -> [LinearSite] {
        try targets.sites(of: graph, defaults: defaults, layers: layers, saved: saved)
    }

    /// The linear maps that are meant, once biases and other modules are trained as they should be.
    ///
    /// - Parameter part: the end of the name of a parameter that the method declares at each of them.
    /// - Throws: when something matches nothing, or the method is there already.
    func attach(to graph: TunerGraph, defaults: [String: [String]], part: String) throws(AttachmentError)
        -> [LinearSite]
    {
        let sites = try sites(of: graph, defaults: defaults)
        let names = Set(graph.parameters.map(\.path))
        for site in sites where names.contains("\(site.path).\(part)") {
            throw AttachmentError("target_modules", "two methods of one kind take '\(site.path)'; leave it out of one")
        }
        if let fanInFanOut, let site = sites.first(where: { ($0.layout == .inputsFirst) != fanInFanOut }) {
            let order = fanInFanOut ? "[outputs, inputs]" : "[inputs, outputs]"
            throw AttachmentError(
                "fan_in_fan_out",
                "the weight of '\(site.path)' is stored as \(order); write \(!fanInFanOut) or leave it out")
        }
        try saved.train(in: graph)
        switch bias {
        case .none: break
        case .all: graph.train { $0.path.hasSuffix(".bias") }
        case .targets:
            let biases = Set(sites.compactMap { $0.bias?.path })
            graph.train { biases.contains($0.path) }
        }
        return sites
    }

    /// The trained biases and modules as PEFT names them; the head's are left out.
    func tensors(of graph: TunerGraph, sites: [LinearSite]) -> [String: Tensor] {
        var tensors = saved.tensors(of: graph)
        let ofTargets = Set(sites.compactMap { $0.bias?.path })
        for parameter in graph.trained where parameter.owner == .backbone && tensors[parameter.path] == nil {
            let path = parameter.path
            guard path.hasSuffix(".bias"), bias == .all || bias == .targets && ofTargets.contains(path) else {
                continue
            }
            let name = ofTargets.contains(path) ? path.dropLast(4) + "base_layer.bias" : path[...]
            tensors[String(name)] = parameter.variable.value
        }
        return Dictionary(tensors.map { ("base_model.model." + $0, $1) }) { first, _ in first }
    }

    /// The keys as PEFT writes them.
    func config(_ graph: TunerGraph, sites: [LinearSite], defaults: [String: [String]]) -> [String: JSON] {
        let isAll = targets.modules?.isAllLinear ?? false
        let modules: TextOrTexts = isAll ? .names(sites.map(\.path)) : targets.resolved(graph, defaults: defaults)
        var config: [String: JSON] = [
            "target_modules": modules.json, "exclude_modules": targets.excluded?.json ?? .null,
            "layers_to_transform": layers.layers.map { .array($0.map { .integer($0) }) } ?? .null,
            "layers_pattern": layers.pattern?.json ?? .null, "bias": .string(bias.rawValue),
            "fan_in_fan_out": .boolean(sites.contains { $0.layout == .inputsFirst }),
        ]
        // Those of the head are added by whoever knows the head.
        if let names = saved.names, !names.isEmpty { config["modules_to_save"] = .array(names.map { .string($0) }) }
        return config
    }
}

extension TextOrTexts {
    /// As it stands in a configuration.
    var json: JSON {
        switch self {
        case .pattern(let text): .string(text)
        case .names(let names): .array(names.map { .string($0) })
        }
    }
}
