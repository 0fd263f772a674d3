import Configuration
import Sweeps
import YAML

/// Drops the cells of a sweep that make no sense, by its conditions.
struct SweepSelection {
    private let settings: SweepSettings
    private var knownKeys: Set<String> = []
    private var metConditions: Set<Condition> = []
    /// How many cells were looked at, and kept.
    private(set) var count = 0, keptCount = 0

    init(_ settings: SweepSettings) { self.settings = settings }

    private var conditions: [Condition] { settings.exclude + settings.only }

    /// Whether the cell is a trial; `root` is the manifest with its overrides.
    mutating func keeps(_ root: Node, _ texts: Diagnostics) -> Bool {
        count += 1
        guard !conditions.isEmpty else {
            keptCount += 1
            return true
        }
        // Defaults count as well, and what a key was read as.
        var unread = texts
        let canonical = Manifest(root, &unread).node()
        let values = { (key: String) in [root.value(of: key), canonical.value(of: key)].compactMap(\.self) }
        for test in conditions.flatMap(\.tests) where !values(test.key).isEmpty { knownKeys.insert(test.key) }
        let met = conditions.filter { $0.isMet(values) }
        metConditions.formUnion(met)
        let isExcluded = settings.exclude.contains { met.contains($0) }
        let isIncluded = settings.only.isEmpty || settings.only.contains { met.contains($0) }
        let isKept = isIncluded && !isExcluded
        keptCount += isKept ? 1 : 0
        return isKept
    }

    /// Notes keys in conditions that no trial has, and where there are none of these, that no trial is left.
    ///
    /// - Parameter location: where the sweep stands.
    func check(at location: SourceLocation, _ diagnostics: inout Diagnostics) {
        guard count > 0 else { return }
        let before = diagnostics.errors.count
        for test in conditions.flatMap(\.tests) where !knownKeys.contains(test.key) {
            do { _ = try Manifest.explain(test.key) } catch {
                diagnostics.error(at: test.location, "\(error)")
            }
        }
        if keptCount == 0, diagnostics.errors.count == before {
            diagnostics.error(at: location, "the conditions drop all \(count) trials")
        }
    }

    /// Conditions without effect.
    var notes: [String] {
        conditions.filter { !metConditions.contains($0) }.compactMap { condition in
            condition.tests.first.map { "the condition at \($0.location) meets no trial" }
        }
    }
}
