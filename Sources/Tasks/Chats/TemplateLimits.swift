/// How much a chat template may do for one chat.
struct TemplateLimits: Sendable {
    /// The most statements and expressions.
    var steps = 4_000_000
    /// The longest text, in bytes.
    var length = 1 << 22
    /// The length of all texts that are made on the way, in bytes.
    var madeLength = 1 << 26
    /// The longest list.
    var list = 1 << 16
    /// How deep lists stand in each other.
    var depth = 64
}
