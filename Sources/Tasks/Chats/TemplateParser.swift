/// Reads the statements of a chat template.
struct TemplateParser {
    private var pieces: ArraySlice<TemplatePiece>
    /// How deep statements stand in each other.
    private var depth = 0
    private static let depthLimit = 32
    /// Whether some statement marks what the assistant says.
    private(set) var marksGeneration = false

    /// Reads a whole template.
    ///
    /// - Returns: what it does, and whether it marks what the assistant says.
    static func statements(
        of source: String
    ) throws(TemplateMistake) -> (statements: [TemplateStatement], marksGeneration: Bool) {
        var parser = Self(pieces: try TemplateLexer.pieces(of: source)[...])
        let (body, end) = try parser.body(until: [])
        if let end { throw TemplateMistake("'\(end.name)' closes nothing", at: end.place) }
        return (body, parser.marksGeneration)
    }

    private init(pieces: ArraySlice<TemplatePiece>) { self.pieces = pieces }

    /// A statement that ends others.
    private struct End {
        let name: String
        let place: TemplatePlace
        let rest: TemplateExpressionParser
    }

    /// The statements up to the first whose name is one of `ends`, which is read too.
    private mutating func body(
        until ends: Set<String>
    ) throws(TemplateMistake) -> (statements: [TemplateStatement], end: End?) {
        var statements: [TemplateStatement] = []
        while let piece = pieces.popFirst() {
            switch piece {
            case .text(let text): statements.append(.text(text))
            case .output(let tokens, let place):
                var rest = TemplateExpressionParser(tokens, at: place)
                statements.append(.output(try rest.expression()))
                try rest.expectEnd()
            case .statement(let tokens, let place):
                var rest = TemplateExpressionParser(tokens, at: place)
                guard let name = rest.name() else { throw TemplateMistake("a statement has no name", at: place) }
                if ends.contains(name) { return (statements, End(name: name, place: place, rest: rest)) }
                statements.append(try statement(name, rest, at: place))
            }
        }
        return (statements, nil)
    }

    private mutating func closed(
        _ name: String, _ ends: Set<String>, at place: TemplatePlace
    ) throws(TemplateMistake) -> ([TemplateStatement], End) {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit { throw TemplateMistake("statements stand too deep in each other", at: place) }
        let (statements, end) = try body(until: ends)
        guard let end else { throw TemplateMistake("'\(name)' is not closed", at: place) }
        if end.name != "elif" { try end.rest.expectEnd() }
        return (statements, end)
    }

    private mutating func statement(
        _ name: String, _ rest: TemplateExpressionParser, at place: TemplatePlace
    ) throws(TemplateMistake) -> TemplateStatement {
        var rest = rest
        switch name {
        case "if": return try choice(rest, at: place)
        case "for": return try loop(rest, at: place)
        case "set":
            guard let variable = rest.name() else { throw TemplateMistake("'set' has no name", at: place) }
            if rest.take(".") {
                guard let member = rest.name() else { throw TemplateMistake("'set' has no name", at: place) }
                return .member(of: variable, name: member, try assigned(&rest, at: place))
            }
            return .assignment(name: variable, try assigned(&rest, at: place))
        case "generation":
            try rest.expectEnd()
            marksGeneration = true
            return .generation(try closed(name, ["endgeneration"], at: place).0)
        case "elif", "else", "endif", "endfor", "endset", "endgeneration":
            throw TemplateMistake("'\(name)' closes nothing", at: place)
        default: throw .unknown("the statement '\(name)'", at: place)
        }
    }

    private func assigned(
        _ rest: inout TemplateExpressionParser, at place: TemplatePlace
    ) throws(TemplateMistake) -> TemplateExpression {
        guard rest.take("=") else { throw .unknown("'set' of several names or of a block", at: place) }
        let value = try rest.expression()
        try rest.expectEnd()
        return value
    }

    private mutating func choice(
        _ rest: TemplateExpressionParser, at place: TemplatePlace
    ) throws(TemplateMistake) -> TemplateStatement {
        var rest = rest
        var branches: [(condition: TemplateExpression, body: [TemplateStatement])] = []
        while true {
            let condition = try rest.expression()
            try rest.expectEnd()
            let (body, end) = try closed("if", ["elif", "else", "endif"], at: place)
            branches.append((condition, body))
            switch end.name {
            case "elif": rest = end.rest
            case "else": return .choice(branches, otherwise: try closed("if", ["endif"], at: place).0)
            default: return .choice(branches, otherwise: [])
            }
        }
    }

    private mutating func loop(
        _ rest: TemplateExpressionParser, at place: TemplatePlace
    ) throws(TemplateMistake) -> TemplateStatement {
        var rest = rest
        guard let name = rest.name() else { throw TemplateMistake("'for' has no name", at: place) }
        guard rest.takeName("in") else { throw .unknown("'for' with several names", at: place) }
        let values = try rest.simpleExpression()
        if rest.takeName("if") || rest.takeName("recursive") { throw .unknown("'for' with a condition", at: place) }
        try rest.expectEnd()
        let (body, end) = try closed("for", ["else", "endfor"], at: place)
        let otherwise = end.name == "else" ? try closed("for", ["endfor"], at: place).0 : []
        return .loop(name: name, over: values, body: body, otherwise: otherwise)
    }
}
