import Configuration
import NN

/// The rank of one update, and what it is multiplied by.
struct LoRASize {
    let rank: Int
    let scale: Float
}

extension LoRA {
    /// What gives each target its size.
    ///
    /// - Throws: when a pattern is no expression, or fits no target.
    func sizes(of sites: [LinearSite]) throws(AttachmentError) -> (LinearSite) throws(AttachmentError) -> LoRASize {
        let ranks = try Self.matcher(settings.ranks, "rank_pattern", sites)
        let alphas = try Self.matcher(settings.alphas, "alpha_pattern", sites)
        return { (site) throws(AttachmentError) in
            let rank = ranks(site.path) ?? settings.rank
            let alpha = alphas(site.path) ?? settings.alpha
            if settings.start == .pissa, rank > min(site.inputs, site.outputs) {
                throw AttachmentError(
                    "r",
                    "'\(site.path)' has \(min(site.inputs, site.outputs)) singular values; \(rank) cannot be taken out")
            }
            let divisor = settings.isRankStabilized ? Double(rank).squareRoot() : Double(rank)
            return LoRASize(rank: rank, scale: Float(alpha / divisor))
        }
    }

    /// What finds the value of the first pattern that describes a path or the end of it behind a dot.
    private static func matcher<Value>(
        _ values: ValuesByName<Value>, _ key: String, _ sites: [LinearSite]
    ) throws(AttachmentError) -> (String) -> Value? {
        var patterns: [(pattern: ModulePattern, value: Value)] = []
        for pair in values.pairs {
            let pattern = try ModulePattern(pair.name, before: #"(?:.*\.)?(?:"#, after: ")", key: key)
            guard sites.contains(where: { pattern.matches($0.path) }) else {
                throw AttachmentError(
                    key, "'\(pair.name)' describes none of the targets; one is '\(sites.first?.path ?? "")'")
            }
            patterns.append((pattern, pair.value))
        }
        return { path in patterns.first { $0.pattern.matches(path) }?.value }
    }
}
