import Configuration
import Testing
import YAML

@testable import Sweeps

/// A sweep section as it stands in a file.
enum SweepText {
    /// The trials that `text` makes, each as the overrides that it is; mistakes are an error.
    static func trials(_ text: String) throws -> [String] {
        let (cells, mistakes) = try read(text)
        try #require(mistakes.isEmpty, "\(mistakes)")
        return cells.map { $0.overrides.map(\.description).joined(separator: " ") }
    }

    /// The mistakes in `text`, as `line:column: message`.
    static func mistakes(_ text: String) throws -> [String] { try read(text).mistakes }

    static func settings(_ text: String, _ diagnostics: inout Diagnostics) throws -> SweepSettings {
        SweepSettings(try YAMLText.parse(text, file: "sweep.yaml"), &diagnostics)
    }

    private static func read(_ text: String) throws -> (cells: [Cell], mistakes: [String]) {
        var diagnostics = Diagnostics()
        let settings = try settings(text, &diagnostics)
        let cells = settings.cells(at: SourceLocation(file: "sweep.yaml", line: 1, column: 1), &diagnostics)
        let mistakes = diagnostics.sorted.map { error in
            "\(error.location)".replacing("sweep.yaml:", with: "") + ": \(error.message)"
        }
        return (cells, mistakes)
    }
}
