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
        Catalogue(
            kind: "metrics",
            entries: taskTypes.flatMap { task in
                task.metrics.map { Entry(name: $0, help: "of \(task.name)") }
            }),
        Catalogue(kind: "schedules", entries: schedules.map { Entry(name: $0.name, help: $0.help) }),
    ]
}
