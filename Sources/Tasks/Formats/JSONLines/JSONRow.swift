import Configuration
import YAML

/// One line of a JSON lines file.
struct JSONRow {
    /// The object on the line.
    let node: Node

    /// The place of the row.
    var location: SourceLocation { node.location }

    /// The value of a field, or `nil` where there is none; a dot stands before a field, or a list's element from 0, inside it.
    func value(_ name: String) -> Node? {
        if let whole = node[name] { return whole }
        var value = node
        for part in name.split(separator: ".", omittingEmptySubsequences: false) {
            if let inner = value[String(part)] {
                value = inner
            } else if let elements = value.elements, let index = Int(part), elements.indices.contains(index) {
                value = elements[index]
            } else {
                return nil
            }
        }
        return value
    }

    /// The value of a field that must be there; `key` is what asks for it.
    func value(_ name: String, for key: String) throws(DataError) -> Node {
        if let value = value(name) { return value }
        guard case .mapping(let pairs) = node.content else {
            throw node.mistake(expected: "a line must be an object with fields")
        }
        let names = pairs.map(\.key)
        let known = "the fields are \(names.prefix(12).joined(separator: ", "))\(names.count > 12 ? ", …" : "")"
        let meant = Suggestion.nearest(to: name, among: names).map { "did you mean '\($0)'?" }
        throw DataError("there is no field '\(name)' for data.\(key); \(meant ?? known)", at: location)
    }

    /// The first of several names that a field has; the first of all where none has one.
    func first(of names: [String]) -> String { names.first { value($0) != nil } ?? names.first ?? "" }

    /// The text of a field; a number or truth value is its text.
    func text(_ name: String, for key: String) throws(DataError) -> String {
        try value(name, for: key).writtenText("'\(name)'")
    }

    func text(_ template: Template, for key: String) throws(DataError) -> String {
        try template.filled { (name) throws(DataError) in try text(name, for: key) }
    }

    /// The texts of a list.
    func texts(_ name: String, for key: String) throws(DataError) -> [String] {
        let list = try value(name, for: key)
        guard let elements = list.elements else { throw list.mistake(expected: "'\(name)' must be a list") }
        return try elements.map { (node) throws(DataError) in try node.writtenText("an element of '\(name)'") }
    }

    /// A field that may be missing or null, unless it is `asked` for by name; it goes by `standard` otherwise.
    func optional(_ asked: String?, _ standard: String, for key: String) throws(DataError) -> (
        name: String, node: Node
    )? {
        let name = asked ?? standard
        let node = try asked.map { (asked) throws(DataError) in try value(asked, for: key) } ?? value(standard)
        return node.flatMap { $0.isNull ? nil : (name, $0) }
    }
}

extension Node {
    /// The text of a scalar as it is written; `name` says what it is.
    func writtenText(_ name: String) throws(DataError) -> String {
        guard let scalar, !isNull else { throw mistake(expected: "\(name) must be a text") }
        return scalar.text
    }
}
