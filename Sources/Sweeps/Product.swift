import Configuration
import YAML

/// Every combination of one cell of each group.
enum Product {
    /// More trials than this are a mistake, or for a program that does not write each down.
    static let largest = 10_000

    /// The combinations, the last group fastest; a group without cells has had its mistake noted and gives none.
    static func cells(
        _ groups: [[Cell]], at location: SourceLocation, _ diagnostics: inout Diagnostics
    ) -> [Cell] {
        let count = groups.reduce(1) { min($0, 1 << 31) * $1.count }
        guard count <= largest else {
            diagnostics.error(
                at: location,
                "these are \(count >= 1 << 31 ? "billions of" : "\(count)") trials; \(largest) is the most")
            return []
        }
        guard let first = groups.first else { return [] }
        return groups.dropFirst().reduce(first) { cells, group in
            cells.flatMap { cell in group.map { cell.merged(with: $0) } }
        }
    }
}
