/// Decides when progress is shown and as what: one line, written over, on a terminal; plain lines, far between, in a log.
///
/// Each call gives the text to write, if any; times are seconds of any clock that does not jump.
package struct ProgressLine: Sendable {
    private let terminal: Terminal
    private let interval: Double
    private var lastShown: (time: Double, step: Int, work: String)?
    private var isLineOpen = false

    /// To the line's start, and clear it.
    private static let over = "\r\u{1B}[K"
    /// Seconds between two versions of the line on a terminal.
    private static let refreshTime = 0.1

    /// Progress for `terminal`; in a log, at most one line every `logInterval` seconds.
    package init(_ terminal: Terminal, logInterval: Double = 10) {
        self.terminal = terminal
        interval = terminal.isTerminal ? Self.refreshTime : logInterval
    }

    /// What to write when the work is at `progress`; the first and the last step of a work are always shown.
    package mutating func update(_ progress: ProgressState, at time: Double) -> String? {
        if let lastShown, lastShown.work == progress.work {
            let isLast = progress.step == progress.stepCount && lastShown.step != progress.step
            guard isLast || time - lastShown.time >= interval else { return nil }
        }
        lastShown = (time, progress.step, progress.work)
        guard terminal.isTerminal else { return progress.text() + "\n" }
        isLineOpen = true
        // The last column stays free: some terminals begin a new line when it is filled.
        return Self.over + progress.text(width: terminal.width.map { $0 - 1 })
    }

    /// What to write to put `line` above the progress.
    package mutating func message(_ line: String) -> String {
        let start = isLineOpen ? Self.over : ""
        isLineOpen = false
        return "\(start)\(line)\n"
    }

    /// What to write when the work is over: the line stays, and the next text begins below it.
    package mutating func end() -> String {
        defer { isLineOpen = false }
        return isLineOpen ? "\n" : ""
    }
}
