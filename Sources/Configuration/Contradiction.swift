/// Keys of a section that are right alone and not together: found by whoever knows what they mean, and reported where the key
/// stands by whoever read the manifest.
public struct Contradiction: Hashable, Sendable {
    /// The key at fault.
    public let key: String
    /// The key that it does not go with; while the value of that one is in doubt, so is the contradiction.
    public let other: String
    /// What is wrong with it, and what to do.
    public let message: String

    /// `key` does not go with `other`, as `message` says.
    public init(key: String, with other: String, message: String) {
        self.key = key
        self.other = other
        self.message = message
    }
}
