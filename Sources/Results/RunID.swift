import Files

/// The name of a run: what it is made of, hashed, so that the same experiment always has the same name.
public struct RunID: Hashable, Sendable {
    /// Twelve lower-case hexadecimal digits.
    public let text: String

    private static let digitCount = 12

    /// The id of a run with this resolved manifest, canonical and complete, on these files.
    ///
    /// - Parameters:
    ///   - manifest: the canonical text.
    ///   - files: the content of data and checkpoint files by their role, as in `data.train` or `model/config.json`.
    public init(manifest: String, files: [String: Digest]) {
        var hash = SHA256()
        hash.update("peftexp run 1\n\(manifest.utf8.count)\n\(manifest)")
        for (role, digest) in files.sorted(by: { $0.key < $1.key }) { hash.update("\(digest.hex) \(role)\n") }
        text = String(hash.digest().hex.prefix(Self.digitCount))
    }

    /// The id that `text` spells; nil when it is none.
    public init?(_ text: String) {
        guard text.utf8.count == Self.digitCount, text.allSatisfy({ "0123456789abcdef".contains($0) }) else {
            return nil
        }
        self.text = text
    }
}

extension RunID: CustomStringConvertible {
    /// The digits.
    public var description: String { text }
}
