import YAML

extension Field {
    /// A key whose value belongs to another module, which reads it by itself; it is told, and never written.
    ///
    /// - Parameters:
    ///   - words: what it holds, as in `a section of keys, each with a list of values`.
    ///   - schema: the same as JSON Schema.
    public static func foreign(
        _ key: String, words: String, schema: [String: JSON], _ help: String,
        read: @escaping @Sendable (Node, inout Section, inout Diagnostics) -> Void
    ) -> Self {
        Field(
            key: key, help: help, isRequired: false, read: read, write: { _, _ in nil },
            kind: { _ in .value(words: words, schema: schema, default: nil) })
    }

    /// The same key, which is read and told, and never written: it is no part of what its section is.
    public var unwritten: Self {
        Field(key: key, help: help, isRequired: isRequired, read: read, write: { _, _ in nil }, kind: kind)
    }
}
