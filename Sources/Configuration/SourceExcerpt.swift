/// A line of a text with a caret under one column; of a long line, what stands around the caret.
struct SourceExcerpt: CustomStringConvertible {
    /// How many columns before and behind the caret are shown.
    static let reach = 60

    /// The line, without its end.
    let line: String
    /// Where the caret points, in Unicode scalars from 1.
    let column: Int

    var description: String {
        let scalars = Array(line.unicodeScalars)
        let caret = min(max(column - 1, 0), scalars.count)
        let start = caret > 2 * Self.reach ? caret - Self.reach : 0
        let end = min(scalars.count, caret + 2 * Self.reach)
        var shown = start > 0 ? "…" : ""
        var blanks = start > 0 ? " " : ""
        for (index, scalar) in scalars[start..<end].enumerated() {
            shown.unicodeScalars.append(Self.isVisible(scalar) ? scalar : "\u{FFFD}")
            if start + index < caret { blanks += Self.blank(below: scalar) }
        }
        return "    \(shown)\(end < scalars.count ? "…" : "")\n    \(blanks)^"
    }

    /// Control characters could command the terminal.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\t" || scalar.properties.generalCategory != .control
    }

    /// What is as wide as `scalar`: a tab stays a tab, East Asian ideographs take two columns.
    private static func blank(below scalar: Unicode.Scalar) -> String {
        if scalar == "\t" { return "\t" }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return ""
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return "  "
        default: return " "
        }
    }
}
