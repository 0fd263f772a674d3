import Configuration
import YAML

/// One way to make cells; its name is a key of the sweep.
public struct Strategy: Sendable {
    /// The key in the `sweep` section.
    public let name: String
    /// One sentence on its meaning.
    public let help: String
    /// What stands under the key, in words and as JSON Schema.
    let words: String, schema: [String: JSON]
    /// The cells of what stands under the key; mistakes are noted.
    let cells: @Sendable (Node, inout Diagnostics) -> [Cell]

    init(
        _ name: String, _ help: String, words: String, schema: [String: JSON],
        cells: @escaping @Sendable (Node, inout Diagnostics) -> [Cell]
    ) {
        self.name = name
        self.help = help
        self.words = words
        self.schema = schema
        self.cells = cells
    }
}
