import Configuration
import NN

/// The names that modules of a model can be meant by, and what to say of one that is none.
struct ModuleNames {
    /// The backbone's linear maps.
    let sites: [LinearSite]
    /// The backbone's family.
    let family: String
    /// Paths of everything that has parameters, and of what these are parts of.
    private let modules: Set<String>

    init(_ graph: TunerGraph) {
        sites = graph.linears
        family = graph.family
        var modules: Set<String> = []
        for parameter in graph.parameters where parameter.owner != .tuner {
            var parts = parameter.path.split(separator: ".").dropLast()
            while !parts.isEmpty, modules.insert(parts.joined(separator: ".")).inserted { parts = parts.dropLast() }
        }
        self.modules = modules
    }

    /// Whether some module of the model, linear or not, has this path or end of a path.
    func isModule(_ name: String) -> Bool { modules.contains { TextOrTexts.names($0, name) } }

    /// The paths of the modules with this path or end of a path.
    func paths(_ name: String) -> [String] { modules.filter { TextOrTexts.names($0, name) }.sorted() }

    /// The linear map's name that is probably meant.
    func nearest(_ name: String) -> String? {
        Suggestion.nearest(to: name, among: endings(1)) ?? Suggestion.nearest(to: name, among: endings(2))
    }

    /// The module's name, of any kind, that is probably meant.
    func nearestModule(_ name: String) -> String? {
        let ends = Set(modules.compactMap { $0.split(separator: ".").last.map(String.init) }.filter { Int($0) == nil })
        return Suggestion.nearest(to: name, among: ends.sorted())
    }

    /// `; did you mean 'query'?`, or nothing.
    func meant(_ name: String) -> String { nearest(name).map { "; did you mean '\($0)'?" } ?? "" }

    /// `its linear maps are query, key, …`
    var all: String { "its linear maps are \(endings(1).joined(separator: ", "))" }

    /// Why a name is refused.
    func refusal(_ name: String) -> String {
        let kind = isModule(name) ? "is no linear map" : "matches no linear map"
        let hint = meant(name)
        return "'\(name)' \(kind) of this \(family)\(hint.isEmpty ? "; \(all)" : hint)"
    }

    /// The different last `count` parts of the linear maps' paths, in their order.
    private func endings(_ count: Int) -> [String] {
        var seen: Set<String> = []
        return sites.map { $0.path.split(separator: ".").suffix(count).joined(separator: ".") }
            .filter { seen.insert($0).inserted }
    }
}
