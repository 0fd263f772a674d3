import Configuration
import NN
import Tensors
import YAML

extension AdaLoRA {
    /// The updates as PEFT saves them: only the ranks that are left, and which these are.
    public func exported(from graph: TunerGraph) -> ExportedAdapter? {
        let sites = sites(of: graph)
        var tensors = settings.targets.tensors(of: graph, sites: sites)
        let parameters = Dictionary(graph.parameters.map { ($0.path, $0) }) { first, _ in first }
        let allocated = kept(in: graph)
        var pattern: [String: JSON] = [:]
        for site in sites {
            guard let down = parameters["\(site.path).lora_A"]?.variable.value,
                let up = parameters["\(site.path).lora_B"]?.variable.value,
                let values = parameters["\(site.path).lora_E"]?.variable.value
            else { continue }
            let kept = allocated[site.path] ?? [Bool](repeating: true, count: values.count)
            let ranks = kept.indices.filter { kept[$0] }
            let (path, columns) = ("base_model.model.\(site.path).", up.shape.columns)
            let (downs, ups) = (down.array, up.array)
            tensors[path + "lora_A"] = Tensor(
                [ranks.count, site.inputs], ranks.flatMap { downs[$0 * site.inputs..<($0 + 1) * site.inputs] })
            tensors[path + "lora_B"] = Tensor(
                [site.outputs, ranks.count], (0..<site.outputs).flatMap { row in ranks.map { ups[row * columns + $0] } }
            )
            tensors[path + "lora_E"] = Tensor([ranks.count, 1], ranks.map { values[$0, 0] })
            pattern["\(site.path).lora_E"] = .array(original(kept, at: site).map { .boolean($0) })
        }
        let isRanked = !allocated.isEmpty || settings.rankPattern != nil
        var config = config(graph, sites)
        config["rank_pattern"] = isRanked ? .object(pattern) : .null
        return ExportedAdapter(tensors: tensors, config: config, headPrefix: "base_model.model.")
    }

    /// What the last allocation left, by the targets' paths.
    private func kept(in graph: TunerGraph) -> [String: [Bool]] {
        graph.stepObservers.compactMap { ($0 as? RankAllocator)?.kept }.reduce(into: [:]) { $0.merge($1) { $1 } }
    }

    /// The ranks that are left, counted among those of the first rank, where an adapter that was read had fewer.
    private func original(_ kept: [Bool], at site: LinearSite) -> [Bool] {
        guard let before = settings.rankPattern?["\(site.path).lora_E"] else { return kept }
        var rest = kept[...]
        return before.map { $0 && rest.popFirst() ?? false }
    }

    private func config(_ graph: TunerGraph, _ sites: [LinearSite]) -> [String: JSON] {
        let planned =
            settings.totalSteps ?? graph.stepObservers.lazy.compactMap { ($0 as? RankAllocator)?.plannedSteps }.first
        let own: [String: JSON] = [
            "init_r": .integer(settings.initialRank), "target_r": .integer(settings.targetRank),
            "lora_alpha": .whole(settings.alpha), "lora_dropout": .number(settings.dropout),
            "tinit": .integer(settings.initialSteps), "tfinal": .integer(settings.finalSteps),
            "deltaT": .integer(settings.interval), "beta1": .number(settings.sensitivityDecay),
            "beta2": .number(settings.uncertaintyDecay), "orth_reg_weight": .number(settings.orthogonalityWeight),
            // PEFT reads no adapter without it.
            "total_step": .integer(planned ?? settings.initialSteps + settings.finalSteps + 1),
            "init_lora_weights": .boolean(settings.startsNeutral), "r": 8, "alpha_pattern": .object([:]),
            "use_dora": false, "use_rslora": false,
        ]
        return own.merging(LoRA.unused) { $1 }
            .merging(settings.targets.config(graph, sites: sites, defaults: DefaultTargets.adaLoRA)) { $1 }
    }

    /// The updates from PEFT's tensors.
    public static func imported(_ settings: Settings, _ tensors: [String: Tensor]) throws -> ImportedAdapter {
        ImportedAdapter(AdaLoRA.self, settings, values: try LoRA.importedValues(tensors))
    }

    /// The weights of the targets with their updates, and whatever else is trained of the backbone.
    public func merged(in graph: TunerGraph) -> [String: Tensor]? {
        var weights = settings.targets.saved.tensors(of: graph)
        let parameters = Dictionary(graph.parameters.map { ($0.path, $0) }) { first, _ in first }
        for site in sites(of: graph) {
            guard let down = parameters["\(site.path).lora_A"]?.variable.value, down.count > 0,
                let up = parameters["\(site.path).lora_B"]?.variable.value,
                let values = parameters["\(site.path).lora_E"]?.variable.value
            else { continue }
            let update = LowRankUpdate(
                site: site, down: Kernels.scaleRows(down, by: values), up: up, scale: scale)
            weights[site.weight.path] = update.added(to: site.weight.variable.value)
        }
        for parameter in graph.trained where parameter.owner == .backbone && parameter.path.hasSuffix(".bias") {
            weights[parameter.path] = parameter.variable.value
        }
        return weights
    }
}
