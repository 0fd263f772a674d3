/// Why no text can be generated, and what to do.
public struct GenerationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public let description: String

    /// The mistake `message`.
    public init(_ message: String) {
        description = message
    }
}
