import YAML

extension Diagnostics {
    /// Reads a manifest and puts the overrides in, and keeps both texts to show their lines.
    ///
    /// - Parameters:
    ///   - bytes: YAML, JSON or a property list, as the name of `file` tells.
    ///   - overrides: `key=value`, in the order of the command line; a later one wins.
    /// - Returns: the root, or `nil` where the text cannot be read; then the mistake is noted.
    public mutating func parse(
        _ bytes: some Collection<UInt8>, file: String, overrides: [String] = []
    ) -> Node? {
        addSource(String(decoding: bytes, as: UTF8.self), file: file)
        addSource(overrides.map { $0.filter { !$0.isNewline } }.joined(separator: "\n"), file: Override.file)
        var (root, mistakes) = TextFormat(file: file).read(bytes, file: file)
        mistakes.forEach { report($0) }
        for (index, argument) in overrides.enumerated() {
            do throws(TextError) {
                root?.apply(try Override(argument, ordinal: index + 1))
            } catch {
                report(error)
            }
        }
        return root
    }
}
