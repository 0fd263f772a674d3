/// One mistake that keeps a text from being read, and where it stands.
public struct TextError: Error, Hashable, Sendable {
    /// Where the mistake stands.
    public var location: SourceLocation
    /// What is wrong, and where it is known, what to do.
    public var message: String

    /// The mistake `message` at `location`.
    public init(_ message: String, at location: SourceLocation) {
        self.location = location
        self.message = message
    }
}

extension TextError: CustomStringConvertible {
    /// `file:line:column: error: message`
    public var description: String { "\(location): error: \(message)" }
}
