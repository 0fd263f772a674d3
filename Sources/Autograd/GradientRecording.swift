/// Whether operators record how their gradients are computed.
public enum GradientRecording {
    /// On unless `off` is running.
    @TaskLocal static var isOn = true

    /// Does `body` without recording anything: every result is a constant, and nothing is saved for backward.
    public static func off<Result>(_ body: () throws -> Result) rethrows -> Result {
        try $isOn.withValue(false, operation: body)
    }
}
