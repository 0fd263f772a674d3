extension SourceLocation {
    /// The place of a value that the program made, which stands in no file.
    public static let generated = SourceLocation(file: "generated")
}

extension Node {
    /// The node that holds `value`; names stand in their order.
    ///
    /// A string stands without quotes where every reader of YAML takes it for a string.
    public init(_ value: JSON, at location: SourceLocation = .generated) {
        switch value {
        case .null: self.init(.scalar(Scalar("null", isPlain: true)), at: location)
        case .boolean(let value): self.init(.scalar(Scalar(value ? "true" : "false", isPlain: true)), at: location)
        case .integer(let value): self.init(.scalar(Scalar("\(value)", isPlain: true)), at: location)
        case .number(let value): self.init(.scalar(Scalar(ScalarText.of(value), isPlain: true)), at: location)
        case .string(let value):
            self.init(.scalar(Scalar(value, isPlain: ScalarText.isAlwaysText(value))), at: location)
        case .array(let values): self.init(.sequence(values.map { Node($0, at: location) }), at: location)
        case .object(let values):
            let pairs = values.sorted { $0.key < $1.key }
            self.init(
                .mapping(pairs.map { Pair(key: $0.key, at: location, value: Node($0.value, at: location)) }),
                at: location)
        }
    }

    /// The canonical YAML of this node: equal nodes have equal texts, and a text reads as what it was made from.
    ///
    /// Mappings and sequences stand one entry per line, indented by two spaces; texts stand without quotes
    /// only where they did so before.
    public var yamlText: String {
        var writer = YAMLWriter()
        writer.write(self, depth: 0, behind: .nothing)
        return writer.text
    }
}

extension Node {
    /// The YAML of this node on one line, which reads as this node: `{peft_type: LORA, r: 8}`.
    public var flowText: String {
        switch content {
        case .scalar(let scalar): return YAMLWriter.scalarText(scalar)
        case .sequence(let nodes): return "[\(nodes.map(\.flowText).joined(separator: ", "))]"
        case .mapping(let pairs):
            let entries = pairs.map { pair in
                let key = Scalar(pair.key, isPlain: ScalarText.isAlwaysText(pair.key))
                return "\(YAMLWriter.scalarText(key)): \(pair.value.flowText)"
            }
            return "{\(entries.joined(separator: ", "))}"
        }
    }
}

private struct YAMLWriter {
    /// What stands on the current line before the value.
    enum Lead { case nothing, key, dash }

    /// A key longer than this is marked with `?`, since readers look for its colon only so far.
    static let longKey = 256

    var text = ""

    mutating func write(_ node: Node, depth: Int, behind lead: Lead) {
        switch node.content {
        case .scalar(let scalar): text += space(lead) + Self.scalarText(scalar) + "\n"
        case .sequence(let nodes) where nodes.isEmpty: text += space(lead) + "[]\n"
        case .mapping(let pairs) where pairs.isEmpty: text += space(lead) + "{}\n"
        case .sequence(let nodes):
            for (index, node) in nodes.enumerated() {
                startEntry(index, depth: depth, behind: lead)
                text += "-"
                write(node, depth: depth + 1, behind: .dash)
            }
        case .mapping(let pairs):
            for (index, pair) in pairs.enumerated() {
                startEntry(index, depth: depth, behind: lead)
                let key = Self.scalarText(Node.Scalar(pair.key, isPlain: ScalarText.isAlwaysText(pair.key)))
                text += pair.key.utf8.count > Self.longKey ? "? \(key)\n\(indentation(depth)):" : "\(key):"
                write(pair.value, depth: depth + 1, behind: .key)
            }
        }
    }

    /// Goes to where entry `index` of a list starts: the first one may stay on the line of a dash.
    private mutating func startEntry(_ index: Int, depth: Int, behind lead: Lead) {
        guard index == 0 else {
            text += indentation(depth)
            return
        }
        switch lead {
        case .nothing: break
        case .key: text += "\n" + indentation(depth)
        case .dash: text += " "
        }
    }

    private func indentation(_ depth: Int) -> String { String(repeating: "  ", count: depth) }

    private func space(_ lead: Lead) -> String { lead == .nothing ? "" : " " }

    static func scalarText(_ scalar: Node.Scalar) -> String {
        guard scalar.isPlain else { return ScalarText.quoted(scalar.text) }
        if scalar.text.isEmpty { return "null" }
        return ScalarText.mayStandPlain(scalar.text) ? scalar.text : ScalarText.quoted(scalar.text)
    }
}
