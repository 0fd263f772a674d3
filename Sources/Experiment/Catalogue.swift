import Models
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
    ]

    /// Every measure, once for each kind of prediction that it says something of.
    private static var metricEntries: [Entry] {
        metrics.map { metric in
            let owners = taskTypes.filter { $0.outcomes.contains { $0 == metric.outcomes } }.map(\.name)
            return Entry(name: metric.name, help: "\(owners.joined(separator: ", ")): \(metric.help)")
        }
    }
}
