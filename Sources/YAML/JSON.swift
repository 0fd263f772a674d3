/// A JSON value that the program writes: a schema, a result, a line of metrics.
///
/// Texts are read with `JSONText`, which knows where everything stands.
public enum JSON: Hashable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case boolean(Bool)
    /// A whole number.
    case integer(Int)
    /// Any number; one that is not finite, for which JSON has no word, is written as `null`.
    case number(Double)
    /// A text.
    case string(String)
    /// Values in order.
    case array([JSON])
    /// Values by name; written in the order of the names.
    case object([String: JSON])
}

extension JSON {
    /// The value that a node holds: plain scalars get their type, quoted ones are strings.
    public init(_ node: Node) {
        switch node.content {
        case .scalar(let scalar):
            if scalar.isNull {
                self = .null
            } else if let boolean = scalar.boolean {
                self = .boolean(boolean)
            } else if let integer = scalar.integer {
                self = .integer(integer)
            } else if let number = scalar.number {
                self = .number(number)
            } else {
                self = .string(scalar.text)
            }
        case .sequence(let nodes): self = .array(nodes.map(JSON.init))
        case .mapping(let pairs):
            self = .object(Dictionary(pairs.map { ($0.key, JSON($0.value)) }) { first, _ in first })
        }
    }

    /// The text on one line, without spaces; keys are sorted.
    public var compactText: String {
        var writer = JSONWriter(indentation: nil)
        writer.write(self, depth: 0)
        return writer.text
    }

    /// The text with one value per line, indented by two spaces; keys are sorted. It ends in a line break.
    public var prettyText: String {
        var writer = JSONWriter(indentation: 2)
        writer.write(self, depth: 0)
        return writer.text + "\n"
    }
}

private struct JSONWriter {
    let indentation: Int?
    var text = ""

    init(indentation: Int?) { self.indentation = indentation }

    mutating func write(_ value: JSON, depth: Int) {
        switch value {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .integer(let value): text += "\(value)"
        case .number(let value): text += value.isFinite ? ScalarText.of(value) : "null"
        case .string(let value): text += ScalarText.quoted(value)
        case .array(let values):
            list(values, "[", "]", depth: depth) { writer, value in writer.write(value, depth: depth + 1) }
        case .object(let values):
            list(values.sorted { $0.key < $1.key }, "{", "}", depth: depth) { writer, pair in
                writer.text += ScalarText.quoted(pair.key) + (writer.indentation == nil ? ":" : ": ")
                writer.write(pair.value, depth: depth + 1)
            }
        }
    }

    private mutating func list<Element>(
        _ elements: [Element], _ open: String, _ close: String, depth: Int,
        _ write: (inout JSONWriter, Element) -> Void
    ) {
        text += open
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            startLine(depth: depth + 1)
            write(&self, element)
        }
        if !elements.isEmpty { startLine(depth: depth) }
        text += close
    }

    private mutating func startLine(depth: Int) {
        guard let indentation else { return }
        text += "\n" + String(repeating: " ", count: depth * indentation)
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// `"text"`
    public init(stringLiteral value: String) { self = .string(value) }
    /// `8`
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// `0.5`
    public init(floatLiteral value: Double) { self = .number(value) }
    /// `true`
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// `[1, 2]`
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// `["r": 8]`; of a name that stands twice, the first counts.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { first, _ in first })
    }
    /// `nil`
    public init(nilLiteral: ()) { self = .null }
}
