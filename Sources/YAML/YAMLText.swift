/// Reads YAML into located nodes.
///
/// One document, whose scalars follow YAML 1.2's core schema (see `Node`'s typed views). Aliases are replaced
/// by what they stand for. Refused, because they change what a reader sees: keys that stand twice, tags,
/// merge keys, tabs that indent, and line breaks that only YAML 1.1 knows.
public enum YAMLText {
    /// Sequences and mappings may stand inside each other this deep.
    static let depthLimit = 200
    /// A text may hold this many values, those that aliases repeat included.
    static let valueLimit = 200_000

    /// The value that `bytes` (UTF-8) hold; `file` names them in locations. An empty text is an empty mapping.
    public static func parse(_ bytes: some Collection<UInt8>, file: String) throws(TextError) -> Node {
        var mistakes: [TextError] = []
        let node = try parse(bytes, file: file, &mistakes)
        if let first = mistakes.first { throw first }
        return node
    }

    /// The same, but what can be passed over, such as a key that stands twice, goes into `mistakes`.
    static func parse(
        _ bytes: some Collection<UInt8>, file: String, _ mistakes: inout [TextError]
    ) throws(TextError) -> Node {
        let bytes = try UTF8Text.checked(bytes, file: file)
        let lines = YAMLLines(bytes)
        try lines.refuseUnreadable(file: file)
        let events: [YAMLEvent]
        do throws(YAMLProblem) {
            events = try YAMLEvents.all(in: bytes, depthLimit: depthLimit)
        } catch {
            throw lines.explain(error, file: file)
        }
        var composer = YAMLComposer(events: events, lines: lines, file: file)
        defer { mistakes += composer.mistakes }
        return try composer.document()
    }

    /// The value that `text` holds; `file` names it in locations.
    public static func parse(_ text: String, file: String) throws(TextError) -> Node {
        try parse(text.utf8, file: file)
    }
}
