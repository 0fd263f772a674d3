/// Reads the expressions in one bracket of a chat template, with Jinja's precedence: conditions, `or`, `and`, `not`, comparisons,
/// `+` and `-`, `~`, `*` and `%`, and closest filters, tests and what follows a point or stands in brackets.
struct TemplateExpressionParser {
    private var tokens: ArraySlice<TemplateToken>
    private let start: TemplatePlace
    private var depth = 0
    /// How deep brackets may stand in each other, and expressions in those that are made of them.
    private static let limits = (brackets: 24, expressions: 64)

    init(_ tokens: [TemplateToken], at start: TemplatePlace) {
        self.tokens = tokens[...]
        self.start = start
    }

    private var place: TemplatePlace { tokens.first?.place ?? start }

    /// The next token if it is a name.
    mutating func name() -> String? {
        guard case .name(let name)? = tokens.first?.kind else { return nil }
        tokens.removeFirst()
        return name
    }

    /// Whether the next token is this sign; then it is passed.
    mutating func take(_ sign: String) -> Bool {
        guard tokens.first?.kind == .sign(sign) else { return false }
        tokens.removeFirst()
        return true
    }

    /// Whether the next token is this name; then it is passed.
    mutating func takeName(_ name: String) -> Bool {
        guard tokens.first?.kind == .name(name) else { return false }
        tokens.removeFirst()
        return true
    }

    /// Nothing more may follow.
    func expectEnd() throws(TemplateMistake) {
        if let token = tokens.first { throw .unknown("\(token.shown) at this place", at: token.place) }
    }

    private mutating func expect(_ sign: String) throws(TemplateMistake) {
        if !take(sign) { throw TemplateMistake("there must be '\(sign)'", at: place) }
    }

    /// An expression that is made of others.
    private func made(
        _ kind: TemplateExpression.Kind, at place: TemplatePlace, of others: [TemplateExpression?] = []
    ) throws(TemplateMistake) -> TemplateExpression {
        let depth = 1 + (others.map { $0?.depth ?? 0 }.max() ?? 0)
        if depth > Self.limits.expressions { throw TemplateMistake("the expression is too long", at: place) }
        return TemplateExpression(kind: kind, place: place, depth: depth)
    }

    /// `a if b else c`, or what is simpler.
    mutating func expression() throws(TemplateMistake) -> TemplateExpression {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.limits.brackets { throw TemplateMistake("expressions stand too deep in each other", at: place) }
        let start = place
        var value = try simpleExpression()
        while takeName("if") {
            let condition = try simpleExpression()
            let otherwise = takeName("else") ? try expression() : nil
            value = try made(
                .conditional(value, condition: condition, otherwise: otherwise), at: start,
                of: [value, condition, otherwise])
        }
        return value
    }

    /// An expression without `if`.
    mutating func simpleExpression() throws(TemplateMistake) -> TemplateExpression {
        let start = place
        var value = try conjunction()
        while takeName("or") {
            let other = try conjunction()
            value = try made(.or(value, other), at: start, of: [value, other])
        }
        return value
    }

    private mutating func conjunction() throws(TemplateMistake) -> TemplateExpression {
        let start = place
        var value = try negation()
        while takeName("and") {
            let other = try negation()
            value = try made(.and(value, other), at: start, of: [value, other])
        }
        return value
    }

    private mutating func negation() throws(TemplateMistake) -> TemplateExpression {
        let start = place
        var count = 0
        while takeName("not") { count += 1 }
        var value = try comparison()
        for _ in 0..<count { value = try made(.not(value), at: start, of: [value]) }
        return value
    }

    private mutating func comparison() throws(TemplateMistake) -> TemplateExpression {
        let start = place
        let value = try sum()
        var others: [(sign: String, other: TemplateExpression)] = []
        while let sign = comparisonSign() { others.append((sign, try sum())) }
        return others.isEmpty
            ? value : try made(.comparison(value, others), at: start, of: [value] + others.map(\.other))
    }

    private mutating func comparisonSign() -> String? {
        for sign in ["==", "!=", "<=", ">=", "<", ">"] where take(sign) { return sign }
        if takeName("in") { return "in" }
        let next = tokens.dropFirst().first?.kind
        guard tokens.first?.kind == .name("not"), next == .name("in") else { return nil }
        tokens.removeFirst(2)
        return "not in"
    }

    private mutating func sum() throws(TemplateMistake) -> TemplateExpression {
        try joined(["+", "-"]) { (parser) throws(TemplateMistake) in
            try parser.joined(["~"]) { (parser) throws(TemplateMistake) in
                try parser.joined(["*", "//", "%"]) { (parser) throws(TemplateMistake) in try parser.unary() }
            }
        }
    }

    private mutating func joined(
        _ signs: [String], _ operand: (inout Self) throws(TemplateMistake) -> TemplateExpression
    ) throws(TemplateMistake) -> TemplateExpression {
        let start = place
        var value = try operand(&self)
        while let sign = signs.first(where: { tokens.first?.kind == .sign($0) }) {
            tokens.removeFirst()
            let other = try operand(&self)
            value = try made(.arithmetic(value, sign, other), at: start, of: [value, other])
        }
        return value
    }

    private mutating func unary() throws(TemplateMistake) -> TemplateExpression {
        let start = place
        var signs: [String] = []
        while let sign = ["-", "+"].first(where: { tokens.first?.kind == .sign($0) }) {
            tokens.removeFirst()
            signs.append(sign)
        }
        var value = try followed(try primary())
        for sign in signs where sign == "-" { value = try made(.negative(value), at: start, of: [value]) }
        return try filtered(value)
    }

    private mutating func primary() throws(TemplateMistake) -> TemplateExpression {
        let start = place
        guard let token = tokens.popFirst() else { throw TemplateMistake("there must be a value", at: start) }
        switch token.kind {
        case .integer(let value): return try made(.literal(.integer(value)), at: start)
        case .text(let first):
            var text = first
            while case .text(let more)? = tokens.first?.kind {
                text += more
                tokens.removeFirst()
            }
            return try made(.literal(.text(text)), at: start)
        case .name(let name):
            switch name {
            case "true", "True": return try made(.literal(.boolean(true)), at: start)
            case "false", "False": return try made(.literal(.boolean(false)), at: start)
            case "none", "None": return try made(.literal(.none), at: start)
            default: return take("(") ? try call(name, at: start) : try made(.name(name), at: start)
            }
        case .sign("("):
            let value = try expression()
            if take(",") {
                let values = [value] + (try arguments(until: ")"))
                return try made(.list(values), at: start, of: values)
            }
            try expect(")")
            return value
        case .sign("["):
            let values = try arguments(until: "]")
            return try made(.list(values), at: start, of: values)
        case .sign("{"): throw .unknown("a mapping in braces", at: start)
        case .sign: throw TemplateMistake("there must be a value, not \(token.shown)", at: start)
        }
    }

    /// The values up to a closing bracket, commas between them.
    private mutating func arguments(until end: String) throws(TemplateMistake) -> [TemplateExpression] {
        var values: [TemplateExpression] = []
        while !take(end) {
            if !values.isEmpty {
                try expect(",")
                if take(end) { break }
            }
            values.append(try expression())
            if tokens.first?.kind == .sign("=") { throw .unknown("an argument with a name", at: place) }
        }
        return values
    }

    /// A function whose opening bracket is read.
    private mutating func call(_ name: String, at start: TemplatePlace) throws(TemplateMistake) -> TemplateExpression {
        switch name {
        case "raise_exception":
            let values = try arguments(until: ")")
            guard values.count == 1 else { throw TemplateMistake("'raise_exception' needs one text", at: start) }
            return try made(.refusal(values[0]), at: start, of: values)
        case "namespace":
            var members: [(name: String, value: TemplateExpression)] = []
            while !take(")") {
                if !members.isEmpty { try expect(",") }
                guard let member = self.name(), take("=") else { throw .unknown("this use of 'namespace'", at: start) }
                members.append((member, try expression()))
            }
            return try made(.namespace(members), at: start, of: members.map(\.value))
        default: throw .unknown("the function '\(name)'", at: start)
        }
    }

    /// What follows a point or stands in square brackets behind a value.
    private mutating func followed(_ first: TemplateExpression) throws(TemplateMistake) -> TemplateExpression {
        var value = first
        while true {
            let start = place
            if take(".") {
                guard let name = name() else { throw .unknown("a point without a name behind it", at: start) }
                if take("(") {
                    guard let method = TemplateFunctions.Method(rawValue: name) else {
                        throw .unknown("the method '\(name)'", at: start)
                    }
                    let values = try arguments(until: ")")
                    guard method.argumentCounts.contains(values.count) else {
                        throw .unknown("'\(name)' with \(values.count) arguments", at: start)
                    }
                    value = try made(.method(value, method, values), at: start, of: [value] + values)
                    continue
                }
                if case .name("loop") = value.kind, !TemplateFunctions.loopAttributes.contains(name) {
                    throw .unknown("'loop.\(name)'", at: start)
                }
                value = try made(.attribute(value, name), at: start, of: [value])
            } else if take("[") {
                value = try index(of: value, at: start)
            } else if tokens.first?.kind == .sign("(") {
                throw .unknown("a call of this", at: start)
            } else {
                return value
            }
        }
    }

    /// What stands in square brackets, of which the first is read.
    private mutating func index(
        of value: TemplateExpression, at start: TemplatePlace
    ) throws(TemplateMistake) -> TemplateExpression {
        let from = tokens.first?.kind == .sign(":") ? nil : try expression()
        if let from, take("]") { return try made(.item(value, from), at: start, of: [value, from]) }
        try expect(":")
        let isOpen = [.sign("]"), .sign(":")].contains(tokens.first?.kind)
        let to = isOpen ? nil : try expression()
        if take(":") { throw .unknown("a slice with a step", at: start) }
        try expect("]")
        return try made(.slice(value, from: from, to: to), at: start, of: [value, from, to])
    }

    /// Filters and tests behind a value.
    private mutating func filtered(_ first: TemplateExpression) throws(TemplateMistake) -> TemplateExpression {
        var value = first
        while true {
            let start = place
            if take("|") {
                let name = name() ?? ""
                guard let filter = TemplateFunctions.Filter(rawValue: name == "count" ? "length" : name) else {
                    throw .unknown("the filter '\(name)'", at: start)
                }
                let values = take("(") ? try arguments(until: ")") : []
                guard filter.argumentCounts.contains(values.count) else {
                    throw .unknown("the filter '\(name)' with \(values.count) arguments", at: start)
                }
                value = try made(.filter(value, filter, values), at: start, of: [value] + values)
            } else if takeName("is") {
                let isNegated = takeName("not")
                let name = name() ?? ""
                guard let test = TemplateFunctions.Test(rawValue: name) else {
                    throw .unknown("the test '\(name)'", at: start)
                }
                value = try made(.test(value, test), at: start, of: [value])
                if isNegated { value = try made(.not(value), at: start, of: [value]) }
            } else {
                return value
            }
        }
    }
}
