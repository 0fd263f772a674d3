/// Why an adapter's files cannot be used, and what to do.
public struct AdapterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The folder or file.
    public let path: String
    /// What is wrong.
    public let message: String

    /// What is wrong with the adapter at `path`.
    public init(_ path: String, _ message: String) {
        self.path = path
        self.message = message
    }

    /// The place and the message.
    public var description: String { "\(path): \(message)" }
}
