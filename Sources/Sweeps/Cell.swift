import Configuration
import YAML

/// What one trial changes of the manifest.
public struct Cell: Hashable, Sendable {
    /// What its user tells it apart by: names of blocks, or `key=value`.
    public var titles: [String]
    /// The names of the blocks that it was put together from.
    public var labels: [String]
    /// The values that it replaces; a whole section stands before the keys in it.
    public var overrides: [Override]

    /// A cell that changes these values, under a name or under what it changes.
    init(named name: String? = nil, overrides: [Override]) {
        labels = name.map { [$0] } ?? []
        titles = name.map { [$0] } ?? overrides.map { "\($0.key)=\($0.value.flowText)" }
        self.overrides = Self.sorted(overrides)
    }

    private init(titles: [String], labels: [String], overrides: [Override]) {
        self.titles = titles
        self.labels = labels
        self.overrides = Self.sorted(overrides)
    }

    /// Both together.
    func merged(with other: Cell) -> Cell {
        Cell(titles: titles + other.titles, labels: labels + other.labels, overrides: overrides + other.overrides)
    }

    /// Sections before their own keys, whatever the order in which they were written; all else stays where it is.
    private static func sorted(_ overrides: [Override]) -> [Override] {
        var sorted: [Override] = []
        for override in overrides {
            let below = sorted.firstIndex { $0.path.count > override.path.count && $0.path.starts(with: override.path) }
            sorted.insert(override, at: below ?? sorted.endIndex)
        }
        return sorted
    }
}
