/// Keys of a section that are right alone and not together: found by whoever knows what they mean, and reported where the key
/// stands by whoever read the manifest.
public struct Contradiction: Hashable, Sendable {
    /// The key at fault.
    public let key: String
    /// What is wrong with it, and what to do.
    public let message: String

    /// `key` does not go with the others, as `message` says.
    public init(key: String, message: String) {
        self.key = key
        self.message = message
    }
}
