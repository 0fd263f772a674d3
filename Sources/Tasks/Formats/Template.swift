/// A text with fields of a row in it: `{premise} because {hypothesis}`.
///
/// `{{` and `}}` stand for braces.
struct Template: Hashable, Sendable {
    /// A part of a template.
    enum Part: Hashable, Sendable {
        /// The text itself.
        case text(String)
        /// What stands in a field.
        case field(String)
    }

    /// The parts in their order.
    private(set) var parts: [Part] = []

    /// Reads a template.
    ///
    /// - Throws: `DataError` without a place, when braces do not match or there is no field in it.
    init(_ text: String) throws(DataError) {
        var rest = text.unicodeScalars[...]
        var plain = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if (scalar == "{" || scalar == "}") && rest.first == scalar {
                plain.append(scalar)
                rest.removeFirst()
            } else if scalar == "{" {
                guard let end = rest.firstIndex(of: "}") else {
                    throw DataError("'{' is not closed in '\(text)'; write '{{' for a brace")
                }
                let name = String(rest[..<end])
                guard !name.isEmpty, !name.contains("{") else {
                    throw DataError("'{' is followed by no field's name in '\(text)'; write '{{' for a brace")
                }
                append(&plain)
                parts.append(.field(name))
                rest = rest[rest.index(after: end)...]
            } else if scalar == "}" {
                throw DataError("'}' closes nothing in '\(text)'; write '}}' for a brace")
            } else {
                plain.append(scalar)
            }
        }
        append(&plain)
        guard !fields.isEmpty else { throw DataError("there is no field in '\(text)'; write one as {name}") }
    }

    /// One field and nothing else.
    init(field: String) {
        parts = [.field(field)]
    }

    private mutating func append(_ plain: inout String.UnicodeScalarView) {
        if !plain.isEmpty { parts.append(.text(String(plain))) }
        plain.removeAll()
    }

    /// The fields in their order.
    var fields: [String] {
        parts.compactMap { part in
            if case .field(let name) = part { name } else { nil }
        }
    }

    /// The template with the value of each field in its place.
    func filled(_ value: (String) throws(DataError) -> String) throws(DataError) -> String {
        if parts.count == 1, case .field(let name)? = parts.first { return try value(name) }
        var text = ""
        for part in parts {
            switch part {
            case .text(let plain): text += plain
            case .field(let name): text += try value(name)
            }
        }
        return text
    }
}
