/// Whether operators record how their gradients are computed.
public enum GradientRecording {
    /// What operators do besides computing their values.
    enum Mode: Sendable {
        /// They record what backward needs.
        case on
        /// Nothing.
        case off
        /// They save nothing, but note which variables from outside that require a gradient a result was computed from
        /// (`checkpointed`).
        case tracing
    }

    /// On unless `off` or `tracing` is running.
    @TaskLocal static var mode = Mode.on

    static var isOn: Bool { mode == .on }

    /// Does `body` without recording anything: every result is a constant, and nothing is saved for backward.
    public static func off<Result>(_ body: () throws -> Result) rethrows -> Result {
        try $mode.withValue(.off, operation: body)
    }

    static func tracing<Result>(_ body: () throws -> Result) rethrows -> Result {
        try $mode.withValue(.tracing, operation: body)
    }
}
