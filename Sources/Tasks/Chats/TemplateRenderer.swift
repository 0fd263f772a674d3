/// Writes one chat as a template says. It knows texts, numbers and lists of them, and nothing else; how much it does and writes
/// is limited.
struct TemplateRenderer {
    /// What has been written.
    private(set) var output: [Unicode.Scalar] = []
    /// What of it the assistant says, where the template marks it.
    private(set) var generated: [Range<Int>] = []
    /// The names that have values; those of inner statements are the last.
    private var scopes: [[String: TemplateValue]]
    private var namespaces: [[String: TemplateValue]] = []
    private var steps = 0
    /// The length of all texts that were made on the way.
    private var madeLength = 0
    private let limits: TemplateLimits

    /// A renderer that knows these names.
    init(_ names: [String: TemplateValue], _ limits: TemplateLimits) {
        scopes = [names]
        self.limits = limits
    }

    /// Does what `statements` say.
    mutating func run(_ statements: [TemplateStatement]) throws(TemplateMistake) {
        for statement in statements { try run(statement) }
    }

    private mutating func run(_ statement: TemplateStatement) throws(TemplateMistake) {
        switch statement {
        case .text(let text): try write(text, at: TemplatePlace())
        case .output(let expression):
            let value = try value(of: expression)
            guard let text = value.written else {
                throw TemplateMistake("\(value.kind) cannot be written as text", at: expression.place)
            }
            try write(text, at: expression.place)
        case .choice(let branches, let otherwise):
            for branch in branches {
                if try value(of: branch.condition).isTrue { return try run(branch.body) }
            }
            try run(otherwise)
        case .loop(let name, let over, let body, let otherwise):
            let values = try elements(of: over)
            if values.isEmpty { return try run(otherwise) }
            for (index, value) in values.enumerated() {
                try inScope([name: value, "loop": .loop(index: index, count: values.count)], body)
            }
        case .assignment(let name, let expression): scopes[scopes.count - 1][name] = try value(of: expression)
        case .member(let space, let name, let expression):
            guard case .namespace(let number) = named(space), namespaces.indices.contains(number) else {
                throw TemplateMistake("'\(space)' is no namespace", at: expression.place)
            }
            namespaces[number][name] = try value(of: expression)
        case .generation(let body):
            let start = output.count
            try inScope([:], body)
            generated.append(start..<output.count)
        }
    }

    private mutating func inScope(
        _ names: [String: TemplateValue], _ body: [TemplateStatement]
    ) throws(TemplateMistake) {
        scopes.append(names)
        defer { scopes.removeLast() }
        try run(body)
    }

    private mutating func elements(of expression: TemplateExpression) throws(TemplateMistake) -> [TemplateValue] {
        switch try value(of: expression) {
        case .list(let values): return values
        case .undefined: return []
        case .text(let text): return text.unicodeScalars.map { .text(String($0)) }
        case let other: throw TemplateMistake("\(other.kind) cannot be gone through", at: expression.place)
        }
    }

    private mutating func write(_ text: String, at place: TemplatePlace) throws(TemplateMistake) {
        try step(at: place)
        output.append(contentsOf: text.unicodeScalars)
        if output.count > limits.length { throw TemplateMistake("the chat becomes too long a text", at: place) }
    }

    /// Counts what is done.
    mutating func step(at place: TemplatePlace) throws(TemplateMistake) {
        steps += 1
        if steps > limits.steps { throw TemplateMistake("there is too much to be done for this chat", at: place) }
    }

    /// A text that was made, if there is room for it.
    mutating func made(_ text: String, at place: TemplatePlace) throws(TemplateMistake) -> TemplateValue {
        madeLength += text.utf8.count
        if text.utf8.count > limits.length || madeLength > limits.madeLength {
            throw TemplateMistake("the chat becomes too long a text", at: place)
        }
        return .text(text)
    }

    /// A list that was made, if there is room for it.
    mutating func made(_ values: [TemplateValue], at place: TemplatePlace) throws(TemplateMistake) -> TemplateValue {
        steps += values.count
        let list = TemplateValue.list(values)
        if values.count > limits.list || list.depth > limits.depth {
            throw TemplateMistake("the list becomes too long or too deep", at: place)
        }
        return list
    }

    /// The value that a name has.
    func named(_ name: String) -> TemplateValue {
        for scope in scopes.reversed() {
            if let value = scope[name] { return value }
        }
        return .undefined(name)
    }

    /// What a namespace has under a name.
    func member(_ name: String, of number: Int) -> TemplateValue {
        namespaces.indices.contains(number) ? namespaces[number][name] ?? .undefined(name) : .undefined(name)
    }

    /// A new namespace.
    mutating func makeNamespace(_ members: [String: TemplateValue]) -> TemplateValue {
        namespaces.append(members)
        return .namespace(namespaces.count - 1)
    }
}
