/// What a chat template does, step by step.
indirect enum TemplateStatement: Sendable {
    /// Writes text as it is.
    case text(String)
    /// `{{ value }}`
    case output(TemplateExpression)
    /// `{% if … %}`, `elif` and `else`: what is done where a condition holds, and otherwise.
    case choice([(condition: TemplateExpression, body: [TemplateStatement])], otherwise: [TemplateStatement])
    /// `{% for name in … %}`, and what is done where there is nothing to go through.
    case loop(name: String, over: TemplateExpression, body: [TemplateStatement], otherwise: [TemplateStatement])
    /// `{% set name = … %}`
    case assignment(name: String, TemplateExpression)
    /// `{% set space.name = … %}`
    case member(of: String, name: String, TemplateExpression)
    /// `{% generation %}`: what the assistant says.
    case generation([TemplateStatement])
}

/// An expression, and where it begins.
struct TemplateExpression: Sendable {
    indirect enum Kind: Sendable {
        case literal(TemplateValue)
        case name(String)
        case list([TemplateExpression])
        case attribute(TemplateExpression, String)
        case item(TemplateExpression, TemplateExpression)
        case slice(TemplateExpression, from: TemplateExpression?, to: TemplateExpression?)
        case not(TemplateExpression)
        case negative(TemplateExpression)
        case and(TemplateExpression, TemplateExpression)
        case or(TemplateExpression, TemplateExpression)
        case comparison(TemplateExpression, [(sign: String, other: TemplateExpression)])
        case arithmetic(TemplateExpression, String, TemplateExpression)
        case conditional(TemplateExpression, condition: TemplateExpression, otherwise: TemplateExpression?)
        case filter(TemplateExpression, TemplateFunctions.Filter, [TemplateExpression])
        case test(TemplateExpression, TemplateFunctions.Test)
        case method(TemplateExpression, TemplateFunctions.Method, [TemplateExpression])
        case namespace([(name: String, value: TemplateExpression)])
        case refusal(TemplateExpression)
    }

    let kind: Kind
    let place: TemplatePlace
    /// How many expressions stand in each other here, this one included.
    let depth: Int
}

/// What templates may call by name.
enum TemplateFunctions {
    /// `value | name`
    enum Filter: String, CaseIterable, Sendable {
        case trim, length, lower, upper, string
        case standard = "default"

        /// How many arguments it may have.
        var argumentCounts: ClosedRange<Int> { self == .standard ? 1...1 : 0...0 }
    }

    /// `value is name`
    enum Test: String, CaseIterable, Sendable {
        case defined, undefined, none, string, mapping, iterable, even, odd
        case yes = "true"
        case no = "false"
    }

    /// `value.name()`
    enum Method: String, CaseIterable, Sendable {
        case strip, lstrip, rstrip, lower, upper, startswith, endswith, get

        /// How many arguments it may have.
        var argumentCounts: ClosedRange<Int> {
            switch self {
            case .strip, .lstrip, .rstrip, .lower, .upper: 0...0
            case .startswith, .endswith: 1...1
            case .get: 1...2
            }
        }
    }

    /// What a loop says of itself.
    static let loopAttributes = ["first", "last", "index", "index0", "revindex", "revindex0", "length"]
}
