import Foundation

/// Where the program's words go: data to standard output, talk to standard error.
package struct Console: Sendable {
    /// Writes data.
    package let out: @Sendable (String) -> Void
    /// Writes talk: progress, warnings, errors.
    package let talk: @Sendable (String) -> Void

    package init(out: @escaping @Sendable (String) -> Void, talk: @escaping @Sendable (String) -> Void) {
        self.out = out
        self.talk = talk
    }

    /// The process's own streams.
    ///
    /// When nobody reads the data any more (`peftexp list tuners | head -1`), the program ends quietly and well. When nobody reads
    /// the talk any more, the work goes on without.
    package static func standard() -> Console {
        // A write that fails is an error where it happens; these signals would end the program in the middle of a run.
        for number in [SIGPIPE, SIGXFSZ] { _ = signal(number, SIG_IGN) }
        return Console(
            out: { text in
                switch write(text, to: 1) {
                case 0: return
                case EPIPE: exit(Outcome.done.rawValue)
                case let code:
                    let words = unsafe String(cString: strerror(code))
                    _ = write("peftexp: error: cannot write to standard output: \(words)\n", to: 2)
                    exit(Outcome.failed.rawValue)
                }
            },
            talk: { _ = write($0, to: 2) })
    }

    /// Writes to standard output for another process; when that is gone, the work goes on without.
    package static func events() -> @Sendable (String) -> Void {
        { _ = write($0, to: 1) }
    }

    /// Writes all of `text`; gives the `errno` of a failure, or 0.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let written = unsafe bytes[start...].withUnsafeBytes { buffer in
                unsafe Foundation.write(descriptor, buffer.baseAddress, buffer.count)
            }
            if written < 0, errno != EINTR { return errno }
            start += max(0, written)
        }
        return 0
    }
}

/// What the program tells who started it.
package enum Outcome: Int32, Sendable {
    /// All is done.
    case done = 0
    /// The world failed: a file, the disk, the data.
    case failed = 1
    /// The manifest or the command line is wrong; nothing was started.
    case wrongInput = 2
    /// Interrupted from the keyboard.
    case interrupted = 130
    /// Ended by the system.
    case terminated = 143
}
