import Models
import Sweeps
import Tasks
import Training
import Tuners

/// The names that a manifest can use, read from the registries.
public struct Catalogue: Sendable {
    /// One name.
    public struct Entry: Sendable {
        /// The name as a manifest has it, and what it stands for.
        public let name: String, help: String
    }

    /// What the names name, in the plural.
    public let kind: String
    /// The names in the order of their registry.
    public let entries: [Entry]

    /// Every registry.
    public static let all: [Catalogue] = [
        Catalogue(kind: "tuners", entries: tuners.map { Entry(name: $0.name, help: $0.help) }),
        Catalogue(kind: "heads", entries: heads.map { Entry(name: $0.name, help: $0.help) }),
        Catalogue(kind: "backbones", entries: backbones.map { Entry(name: $0.name, help: $0.help) }),
        Catalogue(kind: "formats", entries: formats.map { Entry(name: $0.name, help: $0.help) }),
        Catalogue(kind: "metrics", entries: metricEntries),
        Catalogue(kind: "schedules", entries: schedules.map { Entry(name: $0.name, help: $0.help) }),
        Catalogue(
            kind: "strategies",
            entries: strategies.map { Entry(name: "sweep.\($0.name)", help: $0.help) }
                + stoppingRules.map { Entry(name: "sweep.early_stopping: \($0.name)", help: $0.help) }),
    ]

    /// Every measure once, with the tasks that have it, and what it says of the predictions of the first.
    private static var metricEntries: [Entry] {
        var names: [String] = []
        for metric in metrics where !names.contains(metric.name) { names.append(metric.name) }
        return names.map { name in
            let meanings = metrics.filter { $0.name == name }
            let owners = taskTypes.filter { task in
                meanings.contains { meaning in task.outcomes.contains { $0 == meaning.outcomes } }
            }
            return Entry(name: name, help: "\(owners.map(\.name).joined(separator: ", ")): \(meanings[0].help)")
        }
    }
}
