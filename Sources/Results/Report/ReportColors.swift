import Foundation

/// The colours of groups of runs.
enum ReportColors {
    /// Colours that are told apart by nearly all eyes, on white and on black (after Okabe and Ito, 2008).
    private static let distinct = [
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#7a5cc2", "#8c6d46",
    ]

    /// Colours for `count` groups from the best to the worst: distinct ones for a few, else a scale from blue to orange.
    static func colors(_ count: Int) -> [String] {
        if count <= distinct.count { return Array(distinct.prefix(count)) }
        return (0..<count).map { place in
            let share = Double(place) / Double(count - 1)
            let hue = Int((230 - 200 * share).rounded())
            return "hsl(\(hue) 65% 48%)"
        }
    }
}
