extension TemplateRenderer {
    /// The value of an expression.
    mutating func value(of expression: TemplateExpression) throws(TemplateMistake) -> TemplateValue {
        let place = expression.place
        try step(at: place)
        switch expression.kind {
        case .literal(let value): return value
        case .name(let name): return named(name)
        case .list(let expressions): return try made(try values(of: expressions), at: place)
        case .attribute(let owner, let name): return try attribute(name, of: try value(of: owner), at: place)
        case .item(let owner, let index):
            return try item(try value(of: index), of: try value(of: owner), at: place)
        case .slice(let owner, let from, let to):
            return try slice(try value(of: owner), try bound(from), try bound(to), at: place)
        case .not(let operand): return .boolean(!(try value(of: operand).isTrue))
        case .negative(let operand): return try arithmetic(.integer(0), "-", try value(of: operand), at: place)
        case .and(let one, let two):
            let first = try value(of: one)
            return first.isTrue ? try value(of: two) : first
        case .or(let one, let two):
            let first = try value(of: one)
            return first.isTrue ? first : try value(of: two)
        case .comparison(let first, let others): return .boolean(try comparison(first, others))
        case .arithmetic(let one, let sign, let two):
            return try arithmetic(try value(of: one), sign, try value(of: two), at: place)
        case .conditional(let one, let condition, let otherwise):
            if try value(of: condition).isTrue { return try value(of: one) }
            guard let otherwise else { return .undefined("if") }
            return try value(of: otherwise)
        case .filter(let operand, let filter, let arguments):
            return try filtered(try value(of: operand), filter, try values(of: arguments), at: place)
        case .test(let operand, let test): return .boolean(try holds(test, of: try value(of: operand), at: place))
        case .method(let owner, let method, let arguments):
            return try called(method, of: try value(of: owner), try values(of: arguments), at: place)
        case .namespace(let members):
            var values: [String: TemplateValue] = [:]
            for member in members { values[member.name] = try value(of: member.value) }
            return makeNamespace(values)
        case .refusal(let reason):
            throw TemplateMistake("the template refuses the chat: \(try value(of: reason).written ?? "")", at: place)
        }
    }

    private mutating func values(of expressions: [TemplateExpression]) throws(TemplateMistake) -> [TemplateValue] {
        try expressions.map { (expression) throws(TemplateMistake) in try value(of: expression) }
    }

    private mutating func bound(_ expression: TemplateExpression?) throws(TemplateMistake) -> Int? {
        guard let expression else { return nil }
        switch try value(of: expression) {
        case .integer(let value): return value
        case .none: return nil
        case let other: throw TemplateMistake("\(other.kind) is no place in a list", at: expression.place)
        }
    }

    private mutating func comparison(
        _ first: TemplateExpression, _ others: [(sign: String, other: TemplateExpression)]
    ) throws(TemplateMistake) -> Bool {
        var left = try value(of: first)
        for (sign, other) in others {
            let right = try value(of: other)
            if !(try compares(left, sign, right, at: other.place)) { return false }
            left = right
        }
        return true
    }

    private func compares(
        _ left: TemplateValue, _ sign: String, _ right: TemplateValue, at place: TemplatePlace
    ) throws(TemplateMistake) -> Bool {
        switch (sign, left, right) {
        case ("==", _, _): return left.equals(right)
        case ("!=", _, _): return !left.equals(right)
        case ("in", _, _): return try contains(right, left, at: place)
        case ("not in", _, _): return !(try contains(right, left, at: place))
        case (_, .integer(let one), .integer(let two)): return sign.compare(one, two)
        default: throw TemplateMistake("'\(sign)' of \(left.kind) and \(right.kind) has no meaning", at: place)
        }
    }

    private func contains(
        _ whole: TemplateValue, _ part: TemplateValue, at place: TemplatePlace
    ) throws(TemplateMistake) -> Bool {
        switch (whole, part) {
        case (.undefined, _): return false
        case (.list(let values), _): return values.contains { $0.equals(part) }
        case (.mapping(let values), .text(let name)): return values[name] != nil
        case (.mapping, _): return false
        case (.text(let text), .text(let part)):
            return part.isEmpty || ScalarText(text).firstOffset(of: part.unicodeScalars) != nil
        default: throw TemplateMistake("\(part.kind) cannot be looked for in \(whole.kind)", at: place)
        }
    }

    private mutating func arithmetic(
        _ left: TemplateValue, _ sign: String, _ right: TemplateValue, at place: TemplatePlace
    ) throws(TemplateMistake) -> TemplateValue {
        let wrong = TemplateMistake("'\(sign)' of \(left.kind) and \(right.kind) has no meaning", at: place)
        switch (sign, left, right) {
        case ("~", _, _):
            guard let one = left.written, let two = right.written else { throw wrong }
            return try made(one + two, at: place)
        case ("+", .text(let one), .text(let two)): return try made(one + two, at: place)
        case ("+", .list(let one), .list(let two)):
            return try made(one + two, at: place)
        case (_, .integer(let one), .integer(let two)):
            guard let value = sign.compute(one, two) else { throw TemplateMistake("this number is none", at: place) }
            return .integer(value)
        default: throw wrong
        }
    }
}

extension String {
    /// What the sign that this is says of two numbers.
    fileprivate func compare(_ one: Int, _ two: Int) -> Bool {
        switch self {
        case "<": one < two
        case "<=": one <= two
        case ">": one > two
        default: one >= two
        }
    }

    /// What the sign that this is makes of two numbers, as in Python; nil where it is no number that fits.
    fileprivate func compute(_ one: Int, _ two: Int) -> Int? {
        let result: (partialValue: Int, overflow: Bool)
        switch self {
        case "+": result = one.addingReportingOverflow(two)
        case "-": result = one.subtractingReportingOverflow(two)
        case "*": result = one.multipliedReportingOverflow(by: two)
        default:
            let quotient = one.dividedReportingOverflow(by: two)
            if quotient.overflow { return nil }
            let rest = one - quotient.partialValue * two
            let isBelow = rest != 0 && (rest < 0) != (two < 0)
            return self == "%" ? rest + (isBelow ? two : 0) : quotient.partialValue - (isBelow ? 1 : 0)
        }
        return result.overflow ? nil : result.partialValue
    }
}
