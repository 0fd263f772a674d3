/// Why an expression is not read.
struct PatternError: Error, Hashable, Sendable {
    var message: String

    /// The reason `message`.
    init(_ message: String) {
        self.message = message
    }
}
