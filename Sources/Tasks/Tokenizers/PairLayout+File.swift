import YAML

extension PairLayout {
    /// Reads the layout of pairs off the `post_processor` of a `tokenizer.json`.
    init(_ file: Node) throws(DataError) {
        let node = try file.member("post_processor", of: "a tokenizer")
        switch try node.text("type", of: "the post-processor") {
        case "BertProcessing":
            let start = try Self.second(of: "cls", node)
            let separator = try Self.second(of: "sep", node)
            self.init(start: [start], separator: [separator], end: [separator], secondType: 1)
        case "TemplateProcessing":
            try self.init(template: node)
        case let other:
            throw DataError(
                "post-processors of the type '\(other)' are not read, only BertProcessing and TemplateProcessing",
                at: node.location)
        }
    }

    /// The index in a pair such as `["[SEP]", 102]`.
    private static func second(of key: String, _ node: Node) throws(DataError) -> Int32 {
        let pair = try node.list(key, of: "the post-processor")
        guard pair.count == 2 else { throw DataError("'\(key)' must be a token and its index", at: node.location) }
        return try pair[1].tokenID("the second of '\(key)'")
    }

    /// Reads a template: special tokens, `A`, special tokens, `B`, special tokens, each with its segment.
    private init(template node: Node) throws(DataError) {
        let tokens = try node.member("special_tokens", of: "the post-processor")
        var parts: [[Int32]] = [[]]
        var types: [[Int]] = [[]]
        for item in try node.list("pair", of: "the post-processor") {
            if let special = item["SpecialToken"] {
                let name = try special.text("id", of: "a special token")
                let token = try tokens.member(name, of: "'special_tokens'")
                for id in try token.list("ids", of: "'\(name)'") {
                    parts[parts.count - 1].append(try id.tokenID("the index of '\(name)'"))
                    types[types.count - 1].append(try special.integer("type_id", of: "a special token"))
                }
            } else {
                let text = try item.member("Sequence", of: "an item of the template")
                let name = try text.text("id", of: "a text of the template")
                guard name == (parts.count == 1 ? "A" : "B"), parts.count < 3 else {
                    throw DataError(
                        "the template of pairs must have the texts A and B, in this order", at: item.location)
                }
                types[types.count - 1].append(try text.integer("type_id", of: "a text of the template"))
                parts.append([])
                types.append([])
            }
        }
        let first = Set(types[0] + (types.count > 1 ? types[1].dropLast() : []))
        let second = Set((types.count > 1 ? types[1].suffix(1) : []) + (types.count > 2 ? types[2] : []))
        guard parts.count == 3, first == [0], second.count == 1, let type = second.first,
            let type = Int32(exactly: type)
        else {
            throw DataError(
                "the template of pairs must have the texts A and B, the first with all before B in segment 0",
                at: node.location)
        }
        self.init(start: parts[0], separator: parts[1], end: parts[2], secondType: type)
    }
}

extension Node {
    /// Refuses a part of a tokenizer whose `type` is another one.
    func expectType(_ type: String, of owner: String) throws(DataError) {
        guard case .mapping = content else { throw DataError("\(owner) must be a \(type)", at: location) }
        let found = try text("type", of: owner)
        guard found == type else {
            throw DataError("\(owner) is a \(found); only \(type) is read with WordPiece", at: location)
        }
    }
}
