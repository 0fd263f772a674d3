/// Why a method cannot be attached to a backbone: nothing was started, and a setting has to change.
public struct AttachmentError: Error, Hashable, Sendable {
    /// The key of the method's section that is to be changed; nil for the method itself.
    public let key: String?
    /// What does not fit, at which site, and the nearest thing that would.
    public let message: String

    /// The mistake `message` in the setting `key`.
    public init(_ key: String?, _ message: String) {
        self.key = key
        self.message = message
    }
}

extension AttachmentError: CustomStringConvertible {
    /// The setting and the message.
    public var description: String { key.map { "'\($0)': \(message)" } ?? message }
}
