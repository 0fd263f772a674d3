import Configuration
import YAML

/// The names by which the columns of some runs can be asked for.
struct ResultNames: Sendable {
    /// Keys of the manifests, in their order.
    let settings: [String]
    /// Keys of the records.
    let facts: [String]

    init(_ runs: [StoredRun]) {
        settings = Self.union(runs.map(\.settings.keys))
        facts = Self.union([RunRecord.fields.map(\.key)] + runs.map(\.facts.keys))
    }

    /// All keys once; those that only some lists have stand behind what they follow there.
    private static func union(_ lists: [[String]]) -> [String] {
        var union: [String] = []
        var known: Set<String> = []
        for list in lists {
            var place = 0
            for key in list {
                if known.insert(key).inserted {
                    union.insert(key, at: place)
                    place += 1
                } else if let found = union.firstIndex(of: key) {
                    place = max(place, found + 1)
                }
            }
        }
        return union
    }

    /// The metrics, by name.
    var metrics: [String] { facts.compactMap { ResultColumn.fact($0).metric }.sorted() }

    /// The column that `name` asks for: a key of the manifest, a key of the record, a metric, or the end of one key.
    func column(_ name: String) throws(RequestError) -> ResultColumn {
        if settings.contains(name) { return .setting(name) }
        if facts.contains(name) { return .fact(name) }
        switch name {
        case "path": return .path
        case "runs": return .runs
        default: break
        }
        if facts.contains("metrics.\(name)") { return .metric(name) }
        let ends = settings.filter { $0.hasSuffix(".\(name)") }
        if ends.count == 1, let key = ends.first { return .setting(key) }
        if ends.count > 1 {
            throw RequestError("'\(name)' may be \(ends.prefix(4).joined(separator: " or ")); write the whole name")
        }
        if let known = ResultColumn.shortNames.first(where: { $0.value == name })?.key { return try column(known) }
        let last = settings.compactMap { $0.split(separator: ".").last.map(String.init) }
        throw RequestError(
            "there is no key, metric or figure '\(name)' in these runs",
            suggestion: Suggestion.nearest(to: name, among: metrics + settings + facts + last + ["path", "runs"]))
    }
}
