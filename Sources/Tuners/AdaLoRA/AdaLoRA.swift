import Autograd
import Configuration
import NN
import Tensors

/// AdaLoRA: low-rank updates in the form of singular values, whose ranks are shared out while training.
///
///     y = x Wᵀ + b + alpha / (init_r + 1e-5) · dropout(x) (E A)ᵀ Bᵀ
///     loss += orth_reg_weight · mean over all A and B of |A Aᵀ - I|, |Bᵀ B - I|
///
/// | symbol | shape               | trained | starts as              |
/// |--------|---------------------|---------|------------------------|
/// | `W`    | `[outputs, inputs]` | no      | checkpoint             |
/// | `A`    | `[rank, inputs]`    | yes     | normal, deviation 0.02 |
/// | `B`    | `[outputs, rank]`   | yes     | normal, deviation 0.02 |
/// | `E`    | `[rank, 1]`         | yes     | zero                   |
///
/// After each update `RankAllocator` sets those singular values to zero that matter least. The scale stays that of the first rank,
/// as in PEFT. Zhang et al., 2023, <https://arxiv.org/abs/2303.10512>.
public struct AdaLoRA: Tuner {
    /// The `peft_type` that names it.
    public static let name = "ADALORA"
    /// What it does.
    public static let help = "Low-rank updates whose ranks are shared out by importance while training."

    let settings: Settings

    /// The method with these settings.
    public init(_ settings: Settings) {
        self.settings = settings
    }

    /// Its updates start at zero, unless the manifest says otherwise.
    public var startsNeutral: Bool { settings.startsNeutral }

    /// A budget that grows, or that no step is left to shrink in.
    public var contradictions: [Contradiction] {
        var found = settings.targets.contradictions
        if settings.targetRank > settings.initialRank {
            found.append(
                Contradiction(
                    key: "target_r", with: "init_r",
                    message: "the ranks shrink from init_r, so it is at most \(settings.initialRank)"))
        }
        if let total = settings.totalSteps, settings.initialSteps >= total - settings.finalSteps {
            found.append(
                Contradiction(
                    key: "total_step", with: "tinit",
                    message: "tinit and tfinal leave no step in which the ranks shrink; it is more than "
                        + "\(settings.initialSteps + settings.finalSteps)"))
        }
        return found
    }

    /// Wraps every target.
    public func attach(to graph: inout TunerGraph) throws {
        let sites = try settings.targets.attach(to: graph, defaults: DefaultTargets.adaLoRA, part: "lora_A")
        try checkPattern(sites)
        let maps = try sites.map { site in try AdaLoRAMap(site, rank: rank(of: site), settings, in: graph) }
        for (site, map) in zip(sites, maps) where map.rank > 0 {
            graph.wrap(site, products: map.products) { x, base, pass in map(x, base, pass) }
        }
        let trained = maps.filter { $0.rank > 0 }
        graph.observeSteps(RankAllocator(trained.map(\.triplets), settings))
        let weight = Float(settings.orthogonalityWeight)
        guard weight > 0, let first = trained.first else { return }
        let share = weight / Float(2 * trained.count)
        graph.penalize { _ in
            trained.dropFirst().reduce(first.orthogonality) { $0 + $1.orthogonality }.scaled(by: share)
        }
    }

    /// The rank that a target starts with: the first one, or what an adapter has left.
    private func rank(of site: LinearSite) -> Int {
        guard let kept = settings.rankPattern?["\(site.path).lora_E"] else { return settings.initialRank }
        return kept.count { $0 }
    }

    private func checkPattern(_ sites: [LinearSite]) throws(AttachmentError) {
        for pair in settings.rankPattern?.pairs ?? [] {
            guard let site = sites.first(where: { "\($0.path).lora_E" == pair.name }) else {
                throw AttachmentError("rank_pattern", "'\(pair.name)' belongs to none of the targets")
            }
            guard pair.value.count == settings.initialRank else {
                throw AttachmentError(
                    "rank_pattern",
                    "'\(site.path)' has \(pair.value.count) ranks there, but init_r is \(settings.initialRank)")
            }
        }
    }

    /// The linear maps that are meant; empty where they do not fit.
    func sites(of graph: TunerGraph) -> [LinearSite] {
        (try? settings.targets.sites(of: graph, defaults: DefaultTargets.adaLoRA)) ?? []
    }

    /// What an update is multiplied by.
    var scale: Float { Float(settings.alpha) / (Float(settings.initialRank) + 1e-5) }
}
