import YAML

/// The mistakes in a manifest, gathered so that all are shown in one go.
///
/// It knows the texts that were read, so each mistake is shown with its line.
public struct Diagnostics: Error, Sendable {
    /// The mistakes in the order in which they were found.
    public private(set) var errors: [TextError] = []
    private var sources: [Source] = []
    /// The keys from the root to the section that is being read.
    var path: [String] = []
    /// The dotted names of keys whose values are not what was meant: wrong, or under a misspelt name.
    private(set) var doubtful: Set<String> = []

    private struct Source: Sendable {
        let file: String
        let text: String

        /// The line that counts as `number`, from 1.
        func line(_ number: Int) -> String? {
            let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
            return lines.indices.contains(number - 1) ? String(lines[number - 1]) : nil
        }
    }

    /// No mistake yet.
    public init() {}

    /// The texts that were read, without the mistakes.
    public var texts: Diagnostics {
        var texts = Diagnostics()
        texts.sources = sources
        return texts
    }

    /// Whether there is no mistake.
    public var isEmpty: Bool { errors.isEmpty }

    /// Notes the mistake `message` at `location`.
    public mutating func error(at location: SourceLocation, _ message: String) {
        report(TextError(message, at: location))
    }

    /// Notes a mistake.
    public mutating func report(_ error: TextError) { errors.append(error) }

    /// Throws these mistakes, when there are any.
    public func check() throws(Diagnostics) {
        if !isEmpty { throw self }
    }

    /// Notes that the value of the dotted `key` is not what was meant.
    mutating func doubt(_ key: String) { doubtful.insert(key) }

    /// Whether a mistake leaves open what the dotted `key` is, or a key of the section `key`; what follows from its value is not
    /// worth telling.
    public func isInDoubt(_ key: String) -> Bool {
        doubtful.contains { $0 == key || $0.hasPrefix("\(key).") || key.hasPrefix("\($0).") }
    }

    /// Keeps the text of `file`, to show its lines.
    public mutating func addSource(_ text: String, file: String) {
        sources.append(Source(file: file, text: text))
    }

    /// The dotted name of `key` in the section that is being read.
    func name(of key: String) -> String { (path + [key]).joined(separator: ".") }

    /// The dotted name of what is being read, in quotes.
    var subject: String { path.isEmpty ? "the manifest" : "'\(path.joined(separator: "."))'" }
}

extension Diagnostics: CustomStringConvertible {
    /// Every mistake, sorted by place, with its line and a caret.
    public var description: String { sorted.map(rendered).joined(separator: "\n") }

    /// The mistakes by place; files stand in the order in which they were read.
    public var sorted: [TextError] {
        let ranked = errors.enumerated().map { index, error in
            let file = sources.firstIndex { $0.file == error.location.file } ?? sources.count
            let position = error.location.position
            return (place: [file, position?.line ?? 0, position?.column ?? 0, index], error: error)
        }
        return ranked.sorted { $0.place.lexicographicallyPrecedes($1.place) }.map(\.error)
    }

    private func rendered(_ error: TextError) -> String {
        guard let position = error.location.position,
            let line = sources.first(where: { $0.file == error.location.file })?.line(position.line)
        else { return error.description }
        return "\(error)\n\(SourceExcerpt(line: line, column: position.column))"
    }
}
