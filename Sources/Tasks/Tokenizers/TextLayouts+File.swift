import YAML

extension TextLayouts {
    /// Reads the layouts off the `post_processor` of a `tokenizer.json`.
    init(_ file: Node) throws(DataError) {
        let node = try file.member("post_processor", of: "a tokenizer")
        switch try node.text("type", of: "the post-processor") {
        case "BertProcessing":
            self.init(start: try node.specialToken("cls"), single: try node.specialToken("sep"))
        case "TemplateProcessing":
            try self.init(template: node)
        case let other:
            throw DataError(
                "post-processors of the type '\(other)' are not read, only BertProcessing and TemplateProcessing",
                at: node.location)
        }
    }

    /// Reads the templates of one text and of a pair.
    init(template node: Node) throws(DataError) {
        let one = try LayoutTemplate(node, "single")
        let two = try LayoutTemplate(node, "pair")
        guard one.parts.count == 2, one.types == [0] else {
            throw DataError("the template of single texts must have the text A, in segment 0", at: node.location)
        }
        guard two.parts.count == 3, two.types.first == 0, let type = Int32(exactly: two.types[1]) else {
            throw DataError(
                "the template of pairs must have the texts A and B, the first with all before B in segment 0",
                at: node.location)
        }
        self.init(
            single: SingleLayout(start: one.parts[0], end: one.parts[1]),
            pair: PairLayout(
                start: two.parts[0], separator: two.parts[1], opening: two.opening, end: two.parts[2],
                secondType: type))
    }
}

/// Special tokens, `A`, special tokens, `B`, special tokens, each with its segment.
private struct LayoutTemplate {
    /// The special tokens before, between and after the texts: `[texts + 1]`.
    var parts: [[Int32]] = []
    /// Those between the texts that count with the second one.
    var opening: [Int32] = []
    /// The segment of each text with the special tokens that count with it: `[texts]`.
    var types: [Int] = []

    init(_ node: Node, _ key: String) throws(DataError) {
        let tokens = try node.member("special_tokens", of: "the post-processor")
        var specials: [[Special]] = [[]]
        for item in try node.list(key, of: "the post-processor") {
            if let special = item["SpecialToken"] {
                let token = try tokens.member(special.text("id", of: "a special token"), of: "'special_tokens'")
                let type = try special.integer("type_id", of: "a special token")
                for id in try token.list("ids", of: "a special token") {
                    let id = try id.tokenID("the index of a special token")
                    specials[specials.count - 1].append(Special(id: id, type: type, node: item))
                }
            } else {
                let text = try item.member("Sequence", of: "an item of the template")
                let name = try text.text("id", of: "a text of the template")
                guard name == (specials.count == 1 ? "A" : "B"), specials.count < 3 else {
                    throw DataError(
                        "the template '\(key)' must have the texts A and B, in this order", at: item.location)
                }
                types.append(try text.integer("type_id", of: "a text of the template"))
                specials.append([])
            }
        }
        if types.count == 2, types[0] != types[1] {
            // What counts with the second text stands last between them.
            let own = specials[1].prefix { $0.type == types[0] }.count
            if specials[1][own...].allSatisfy({ $0.type == types[1] }) {
                opening = specials[1][own...].map(\.id)
                specials[1].removeSubrange(own...)
            }
        }
        for (part, list) in specials.enumerated() where !types.isEmpty {
            for special in list where special.type != types[max(part - 1, 0)] {
                throw DataError(
                    "a special token must be in the segment of the text that it counts with", at: special.node.location)
            }
        }
        parts = specials.map { $0.map(\.id) }
    }

    private struct Special {
        var id: Int32
        var type: Int
        var node: Node
    }
}

extension Node {
    /// The index in a pair such as `"sep": ["[SEP]", 102]`.
    func specialToken(_ key: String) throws(DataError) -> Int32 {
        let pair = try list(key, of: "the post-processor")
        guard pair.count == 2 else { throw DataError("'\(key)' must be a token and its index", at: location) }
        return try pair[1].tokenID("the second of '\(key)'")
    }

    /// Refuses a part of a tokenizer whose `type` is another one.
    func expectType(_ type: String, of owner: String, with kind: String = "WordPiece") throws(DataError) {
        guard case .mapping = content else { throw DataError("\(owner) must be a \(type)", at: location) }
        let found = try text("type", of: owner)
        guard found == type else {
            throw DataError("\(owner) is a \(found); only \(type) is read with \(kind)", at: location)
        }
    }
}
