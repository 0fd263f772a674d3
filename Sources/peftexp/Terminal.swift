import Foundation

/// What is known of where a text goes: a terminal with its width and colours, or a file or pipe.
package struct Terminal: Equatable, Sendable {
    /// Whether it is a terminal.
    package var isTerminal: Bool
    /// Columns to keep to; nil where lines may be of any length.
    package var width: Int?
    /// Lines that can be seen at once; nil where there is no end.
    package var height: Int?
    /// Whether colours are welcome.
    package var hasColors: Bool
    /// Where its size is asked for; nil where it stays as it is.
    private var descriptor: Int32?

    private static let usualWidth = 80

    package init(isTerminal: Bool, width: Int?, height: Int? = nil, hasColors: Bool) {
        self.isTerminal = isTerminal
        self.width = width
        self.height = height
        self.hasColors = hasColors
    }

    /// What the descriptor is (1 is standard output, 2 standard error), and what `COLUMNS`, `NO_COLOR` and `TERM` say.
    package init(
        descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        let isTerminal = isatty(descriptor) == 1
        let size = isTerminal ? Self.reportedSize(of: descriptor) : nil
        self.init(isTerminal: isTerminal, reportedWidth: size?.width, environment: environment)
        height = size?.height
        self.descriptor = isTerminal ? descriptor : nil
    }

    /// The same terminal as it is now: windows are pulled larger and smaller.
    package var current: Terminal { descriptor.map { Terminal(descriptor: $0) } ?? self }

    /// From what is reported of the descriptor, and the same variables.
    package init(isTerminal: Bool, reportedWidth: Int?, environment: [String: String]) {
        let asked = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        let isPlain = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        self.init(
            isTerminal: isTerminal, width: asked ?? (isTerminal ? reportedWidth ?? Self.usualWidth : nil),
            hasColors: isTerminal && !isPlain)
    }

    private static func reportedSize(of descriptor: Int32) -> (width: Int, height: Int?)? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), size.ws_row > 0 ? Int(size.ws_row) : nil)
    }
}
