import Configuration
import NN

/// The linear maps that a method is put on, by PEFT's keys and rules.
public struct Targets: Config {
    /// `target_modules`; the usual ones of the model's family unless given.
    public var modules: TextOrTexts?
    /// `exclude_modules`
    public var excluded: TextOrTexts?

    /// The family's usual modules.
    public init() {}

    /// The keys, to stand among a method's own (`Field.within`).
    public static let fields: [Field<Self>] = [
        .textOrTexts(
            "target_modules", \.modules,
            "Linear maps to take: a list of names or ends of paths, one regular expression for the whole path, or "
                + "all-linear; the family's usual ones unless given."),
        .textOrTexts(
            "exclude_modules", \.excluded,
            "Linear maps to leave out of those: a list of names or ends of paths, or one regular expression."),
    ]

    /// The word that stands for every linear map of the backbone.
    static let allLinear = "all-linear"

    /// The linear maps that are meant, in the backbone's order.
    ///
    /// - Parameters:
    ///   - defaults: the usual modules of each family.
    ///   - layers: the layers they must be in.
    ///   - saved: modules that are trained in full, which nothing is put on.
    /// - Throws: when a name matches nothing, with the nearest one that would.
    public func sites(
        of graph: TunerGraph, defaults: [String: [String]], layers: LayerSelection = LayerSelection(),
        saved: ModulesToSave = ModulesToSave()
    ) throws(AttachmentError) -> [LinearSite] {
        let names = ModuleNames(graph)
        let modules = try wanted(defaults, names)
        let isExcluded = try (excluded ?? .names([])).matcher(key: "exclude_modules")
        if case .names(let list)? = excluded { try checkExclusions(list, names) }
        let isSaved = try saved.matcher()
        let isTarget = try modules.isAllLinear ? { _ in true } : modules.matcher(key: "target_modules")
        try check(modules, names)

        let candidates = names.sites.filter { isTarget($0.path) && !isExcluded($0.path) && !isSaved($0.path) }
        guard !candidates.isEmpty else {
            let reason = names.sites.contains { isTarget($0.path) && isExcluded($0.path) }
            throw AttachmentError(
                reason ? "exclude_modules" : "modules_to_save",
                "every linear map that target_modules names is \(reason ? "excluded" : "trained in full"); leave one out"
            )
        }
        return try layers.filter(candidates) { site in
            // A module that is named by its whole path is meant wherever it is.
            if case .names(let list) = modules { return list.contains(site.path) }
            return false
        }
    }

    /// Refuses a name or an expression that matches no linear map.
    private func check(_ modules: TextOrTexts, _ names: ModuleNames) throws(AttachmentError) {
        switch modules {
        case .pattern where modules.isAllLinear: break
        case .pattern(let text):
            let matches = try modules.matcher(key: "target_modules")
            guard names.sites.contains(where: { matches($0.path) }) else {
                throw AttachmentError(
                    "target_modules",
                    "the regular expression '\(text)' matches no linear map of this \(names.family); it must describe a whole "
                        + "path such as '\(names.sites.first?.path ?? "")'\(names.meant(text))")
            }
        case .names(let list):
            guard !list.isEmpty else {
                throw AttachmentError("target_modules", "no module is named; \(names.all)")
            }
            for name in list where !names.sites.contains(where: { TextOrTexts.names($0.path, name) }) {
                throw AttachmentError("target_modules", names.refusal(name))
            }
        }
    }

    /// Refuses the name of an exclusion that is misspelt; one that belongs to another model excludes nothing.
    private func checkExclusions(_ list: [String], _ names: ModuleNames) throws(AttachmentError) {
        for name in list where !names.isModule(name) && names.nearest(name) != nil {
            throw AttachmentError("exclude_modules", names.refusal(name))
        }
    }

    private func wanted(_ defaults: [String: [String]], _ names: ModuleNames) throws(AttachmentError) -> TextOrTexts {
        if let modules { return modules }
        if let usual = defaults[names.family] {
            // Some members of a family lack some of them.
            return .names(usual.filter { name in names.sites.contains { TextOrTexts.names($0.path, name) } })
        }
        throw AttachmentError(
            "target_modules", "a model of type '\(names.family)' has no usual modules; name them: \(names.all)")
    }

    /// What PEFT would write of the choice, given the usual modules.
    func resolved(_ graph: TunerGraph, defaults: [String: [String]]) -> TextOrTexts {
        modules ?? .names(defaults[graph.family] ?? [])
    }
}

extension TextOrTexts {
    /// Whether it stands for every linear map.
    var isAllLinear: Bool {
        if case .pattern(let text) = self { return text.lowercased() == Targets.allLinear }
        return false
    }
}
