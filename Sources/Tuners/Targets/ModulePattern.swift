import Configuration
import NN

/// A text of a manifest that names modules by a regular expression.
struct ModulePattern {
    private let regex: Regex<AnyRegexOutput>

    /// The expression `text`, which stands under `key`, with `before` and `after` around it.
    ///
    /// - Throws: when it is none.
    init(_ text: String, before: String = "", after: String = "", key: String) throws(AttachmentError) {
        do {
            // Alone first: a parenthesis too many must not find its partner in what stands around.
            _ = try Regex(text)
            regex = try Regex(before + text + after).matchingSemantics(.unicodeScalar)
        } catch {
            throw AttachmentError(key, "'\(text)' is not a regular expression: \(error)")
        }
    }

    /// Whether the expression describes the whole path, as Python's `re.fullmatch`.
    func matches(_ path: String) -> Bool { (try? regex.wholeMatch(in: path)) != nil }

    /// What the group `name` captured where the path begins as the expression says.
    func capture(_ name: String, in path: String) -> Substring? {
        guard let match = try? regex.prefixMatch(in: path) else { return nil }
        return match.output[name]?.substring
    }
}

extension TextOrTexts {
    /// What decides whether a module is meant, by PEFT's rule: a single text is a regular expression that describes the whole
    /// path, a text of a list is the path or the end of it behind a dot.
    ///
    /// - Parameter key: where the texts stand.
    /// - Throws: when a regular expression is none.
    func matcher(key: String) throws(AttachmentError) -> (String) -> Bool {
        switch self {
        case .pattern(let text):
            let pattern = try ModulePattern(text, key: key)
            return { pattern.matches($0) }
        case .names(let names):
            return { path in names.contains { Self.names(path, $0) } }
        }
    }

    /// Whether `name` is the path or the end of it.
    static func names(_ path: String, _ name: String) -> Bool { path == name || path.hasSuffix("." + name) }
}
