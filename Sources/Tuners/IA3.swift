import Autograd
import Configuration
import NN
import Tensors
import YAML

/// IA3: each target's output, or a feed-forward map's input, is scaled column by column.
///
///     y = (x Wᵀ + b) ⊙ l        in general
///     y = (x ⊙ l) Wᵀ + b        in `feedforward_modules`
///
/// | symbol | shape                              | trained | starts as  |
/// |--------|------------------------------------|---------|------------|
/// | `W`    | `[outputs, inputs]`                | no      | checkpoint |
/// | `l`    | `[outputs, 1]`, or `[1, inputs]`   | yes     | one        |
///
/// The factors start at one, so an untrained IA3 does not change the backbone's output.
/// Liu et al., 2022, <https://arxiv.org/abs/2205.05638>.
public struct IA3: Tuner {
    /// The `peft_type` that names it.
    public static let name = "IA3"
    /// What it does.
    public static let help = "Trained factors for the outputs of keys and values and the inputs of feed-forward maps."

    /// Keys of PEFT's `IA3Config`.
    public struct Settings: Config {
        /// The linear maps it is put on.
        public var targets = Targets()
        /// Those of them whose input is scaled; the family's usual ones unless given.
        public var feedForward: TextOrTexts?
        /// Whether the maps are stored `[inputs, outputs]`, which the model knows itself.
        public var isInputsFirst: Bool?
        /// Modules that are trained in full.
        public var saved = ModulesToSave()
        /// Whether the factors start at one; else from normal deviates.
        public var startsAtOne = true

        /// The defaults.
        public init() {}

        /// The keys.
        public static let fields: [Field<Self>] =
            Field.within(\.targets) + [
                .textOrTexts(
                    "feedforward_modules", \.feedForward,
                    "Targets whose input is scaled instead of the output: a list of ends of paths, or one regular expression; "
                        + "the family's usual ones unless given."),
                .boolean(
                    "fan_in_fan_out", \.isInputsFirst,
                    "Whether the targets are stored [inputs, outputs], as GPT-2's are; known from the model unless given."
                ),
                .boolean(
                    "init_ia3_weights", \.startsAtOne, "Start at one, which changes nothing; false starts from noise."),
            ] + Field.within(\.saved)
    }

    private let settings: Settings

    /// The method with these settings.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// Factors of one.
    public var startsNeutral: Bool { settings.startsAtOne }

    /// A feed-forward module is a target.
    public var contradictions: [Contradiction] {
        guard case .names(let feedForward)? = settings.feedForward,
            case .names(let targets)? = settings.targets.modules,
            let other = feedForward.first(where: { !targets.contains($0) })
        else { return [] }
        return [
            Contradiction(
                key: "feedforward_modules", with: "target_modules",
                message: "'\(other)' is none of the target_modules, which are \(targets.joined(separator: ", "))")
        ]
    }

    /// Scales every target.
    public func attach(to graph: inout TunerGraph) throws {
        let sites = try settings.targets.sites(of: graph, defaults: DefaultTargets.ia3, saved: settings.saved)
        try checkLayout(of: sites, graph)
        let isFeedForward = try feedForward(of: graph, among: sites)
        let start = settings.startsAtOne ? Initialization.ones : .normal(deviation: 1)
        for site in sites {
            let scalesInput = isFeedForward(site.path)
            let factors = try graph.scope(site.path)
                .parameter(Self.parameter, scalesInput ? [1, site.inputs] : [site.outputs, 1], start)
            // A frozen map's input has a gradient where the factors in front of it are trained, whatever lies below.
            let gradient = site.operationsPerRow
            let products = scalesInput ? AddedProducts.Count(backward: gradient, inputGradient: -gradient) : .init()
            graph.wrap(site, products: AddedProducts(perRow: products)) { x, base, _ in
                scalesInput
                    ? base(scaleColumns(x, by: factors.variable)) : scaleColumns(base(x), by: factors.variable)
            }
        }
        try settings.saved.train(in: graph)
    }

    private func checkLayout(of sites: [LinearSite], _ graph: TunerGraph) throws {
        guard settings.isInputsFirst == true else { return }
        for site in sites where site.layout != .inputsFirst {
            throw AttachmentError(
                "fan_in_fan_out",
                "'\(site.path)' of this \(graph.family) is stored [outputs, inputs]; leave the key out")
        }
    }

    /// What decides whether a target's input is scaled: an expression for the whole path, or the ends of paths.
    private func feedForward(of graph: TunerGraph, among sites: [LinearSite]) throws -> (String) -> Bool {
        let isMeant: (String) -> Bool
        let key = "feedforward_modules"
        switch try usualFeedForward(in: graph) {
        case .names(let names): isMeant = { path in names.contains { path.hasSuffix($0) } }
        case let pattern: isMeant = try pattern.matcher(key: key)
        }
        if let given = settings.feedForward, given != .names([]), !sites.contains(where: { isMeant($0.path) }) {
            let ends = sites.compactMap { $0.path.split(separator: ".").last.map(String.init) }
            let known = Set(ends).sorted().joined(separator: ", ")
            throw AttachmentError(key, "it matches none of the targets, which end in \(known)")
        }
        return isMeant
    }

    private func usualFeedForward(in graph: TunerGraph) throws -> TextOrTexts {
        if let given = settings.feedForward { return given }
        guard let usual = DefaultTargets.ia3FeedForward[graph.family] else {
            throw AttachmentError(
                "feedforward_modules",
                "a model of type '\(graph.family)' has no usual ones; name them, or write [] for none")
        }
        return .names(usual)
    }

    /// The last part of the factors' names.
    static let parameter = "ia3_l"
}

extension IA3 {
    /// The factors, and modules that were trained in full, as PEFT saves them.
    public func exported(from graph: TunerGraph) -> ExportedAdapter? {
        let prefix = "base_model.model."
        var tensors: [String: Tensor] = [:]
        for (path, value) in settings.saved.tensors(of: graph) { tensors[prefix + path] = value }
        for parameter in graph.trained where parameter.owner == .tuner && parameter.path.hasSuffix(".\(Self.parameter)")
        {
            tensors[prefix + parameter.path] = parameter.variable.value
        }
        let feedForward = settings.feedForward ?? .names(DefaultTargets.ia3FeedForward[graph.family] ?? [])
        let isInputsFirst = graph.linears.contains { graph.wraps[$0.path] != nil && $0.layout == .inputsFirst }
        return ExportedAdapter(
            tensors: tensors,
            config: [
                "target_modules": settings.targets.resolved(graph, defaults: DefaultTargets.ia3).json,
                "exclude_modules": settings.targets.excluded?.json ?? .null,
                "feedforward_modules": feedForward.json, "fan_in_fan_out": .boolean(isInputsFirst),
                "init_ia3_weights": .boolean(settings.startsAtOne),
            ], headPrefix: prefix)
    }

    /// The targets' weights with their factors.
    public func merged(in graph: TunerGraph) -> [String: Tensor]? {
        var merged = graph.trainedBackbone
        let factors = Dictionary(graph.trained.map { ($0.path, $0.variable.value) }) { first, _ in first }
        for site in graph.linears {
            guard let factor = factors["\(site.path).\(Self.parameter)"] else { continue }
            let scalesInput = factor.shape.columns == site.inputs && site.inputs > 1
            let weight = site.weight.variable.value
            let isByColumn = scalesInput == (site.layout == .outputsFirst)
            merged[site.weight.path] =
                isByColumn ? Kernels.scaleColumns(weight, by: factor) : Kernels.scaleRows(weight, by: factor)
            guard !scalesInput, let bias = site.bias else { continue }
            merged[bias.path] = Kernels.multiply(bias.variable.value, factor)
        }
        return merged
    }
}
