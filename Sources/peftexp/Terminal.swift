import Foundation

/// What is known of where a text goes: a terminal with its width and colours, or a file or pipe.
package struct Terminal: Equatable, Sendable {
    /// Whether it is a terminal.
    package var isTerminal: Bool
    /// Columns to keep to; nil where lines may be of any length.
    package var width: Int?
    /// Whether colours are welcome.
    package var hasColors: Bool

    private static let usualWidth = 80

    package init(isTerminal: Bool, width: Int?, hasColors: Bool) {
        self.isTerminal = isTerminal
        self.width = width
        self.hasColors = hasColors
    }

    /// What the descriptor is (1 is standard output, 2 standard error), and what `COLUMNS`, `NO_COLOR` and `TERM` say.
    package init(
        descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        let isTerminal = isatty(descriptor) == 1
        self.init(
            isTerminal: isTerminal, reportedWidth: isTerminal ? Self.reportedWidth(of: descriptor) : nil,
            environment: environment)
    }

    /// From what is reported of the descriptor, and the same variables.
    package init(isTerminal: Bool, reportedWidth: Int?, environment: [String: String]) {
        let asked = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        let isPlain = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        self.init(
            isTerminal: isTerminal, width: asked ?? (isTerminal ? reportedWidth ?? Self.usualWidth : nil),
            hasColors: isTerminal && !isPlain)
    }

    private static func reportedWidth(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
