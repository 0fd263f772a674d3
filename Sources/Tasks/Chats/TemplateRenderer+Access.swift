extension TemplateRenderer {
    /// `owner.name`
    func attribute(
        _ name: String, of owner: TemplateValue, at place: TemplatePlace
    ) throws(TemplateMistake) -> TemplateValue {
        switch owner {
        case .mapping(let values): return values[name] ?? .undefined(name)
        case .namespace(let number): return member(name, of: number)
        case .loop(let index, let count): return Self.loopValue(name, index: index, count: count)
        case .undefined: throw TemplateMistake("\(owner.kind) has no '\(name)'", at: place)
        default: return .undefined(name)
        }
    }

    private static func loopValue(_ name: String, index: Int, count: Int) -> TemplateValue {
        switch name {
        case "first": .boolean(index == 0)
        case "last": .boolean(index == count - 1)
        case "index": .integer(index + 1)
        case "index0": .integer(index)
        case "revindex": .integer(count - index)
        case "revindex0": .integer(count - index - 1)
        case "length": .integer(count)
        default: .undefined(name)
        }
    }

    /// `owner[index]`
    func item(
        _ index: TemplateValue, of owner: TemplateValue, at place: TemplatePlace
    ) throws(TemplateMistake) -> TemplateValue {
        switch (owner, index) {
        case (_, .text(let name)): return try attribute(name, of: owner, at: place)
        case (.list(let values), .integer(let index)):
            let place = index < 0 ? index + values.count : index
            return values.indices.contains(place) ? values[place] : .undefined("\(index)")
        case (.text(let text), .integer(let index)):
            let scalars = ScalarText(text)
            let place = index < 0 ? index + scalars.count : index
            guard place >= 0, place < scalars.count else { return .undefined("\(index)") }
            return .text(scalars[place..<place + 1])
        case (.undefined, _): throw TemplateMistake("\(owner.kind) has nothing in it", at: place)
        default: return .undefined(index.written ?? index.kind)
        }
    }

    /// `owner[from:to]`
    mutating func slice(
        _ owner: TemplateValue, _ from: Int?, _ to: Int?, at place: TemplatePlace
    ) throws(TemplateMistake) -> TemplateValue {
        func range(_ count: Int) -> Range<Int> {
            func bound(_ value: Int) -> Int { min(max(value < 0 ? value + count : value, 0), count) }
            let start = from.map(bound) ?? 0
            return start..<max(start, to.map(bound) ?? count)
        }
        switch owner {
        case .list(let values): return try made(Array(values[range(values.count)]), at: place)
        case .text(let text):
            let scalars = ScalarText(text)
            return try made(scalars[range(scalars.count)], at: place)
        default: throw TemplateMistake("\(owner.kind) has no parts", at: place)
        }
    }

    /// `value | filter`
    mutating func filtered(
        _ value: TemplateValue, _ filter: TemplateFunctions.Filter, _ arguments: [TemplateValue],
        at place: TemplatePlace
    ) throws(TemplateMistake) -> TemplateValue {
        if filter == .standard {
            if case .undefined = value { return arguments.first ?? .text("") }
            return value
        }
        if filter == .length {
            switch value {
            case .list(let values): return .integer(values.count)
            case .mapping(let values): return .integer(values.count)
            case .text(let text): return .integer(text.unicodeScalars.count)
            case .undefined: return .integer(0)
            default: throw TemplateMistake("\(value.kind) has no length", at: place)
            }
        }
        guard let text = value.written else { throw TemplateMistake("\(value.kind) is no text", at: place) }
        switch filter {
        case .trim: return try made(text.trimmedAsPython, at: place)
        case .lower: return try made(String(scalars: text.lowercasedAsPython), at: place)
        case .upper: return try made(text.uppercasedAsPython, at: place)
        case .string, .length, .standard: return try made(text, at: place)
        }
    }

    /// `value is test`
    func holds(
        _ test: TemplateFunctions.Test, of value: TemplateValue, at place: TemplatePlace
    ) throws(TemplateMistake) -> Bool {
        switch (test, value) {
        case (.defined, .undefined), (.undefined, .undefined): return test == .undefined
        case (.defined, _), (.undefined, _): return test == .defined
        case (.none, _): return value == .none
        case (.string, .text), (.mapping, .mapping), (.iterable, .text), (.iterable, .list), (.iterable, .mapping),
            (.iterable, .undefined):
            return true
        case (.yes, _): return value == .boolean(true)
        case (.no, _): return value == .boolean(false)
        case (.even, .integer(let number)), (.odd, .integer(let number)):
            return number.isMultiple(of: 2) == (test == .even)
        case (.even, _), (.odd, _):
            throw TemplateMistake("\(value.kind) is neither even nor odd", at: place)
        default: return false
        }
    }

    /// `owner.method(arguments)`
    mutating func called(
        _ method: TemplateFunctions.Method, of owner: TemplateValue, _ arguments: [TemplateValue],
        at place: TemplatePlace
    ) throws(TemplateMistake) -> TemplateValue {
        if method == .get {
            guard case .mapping(let values) = owner, case .text(let name)? = arguments.first else {
                throw TemplateMistake("\(owner.kind) has no 'get' of this", at: place)
            }
            return values[name] ?? (arguments.count > 1 ? arguments[1] : .none)
        }
        guard case .text(let text) = owner else {
            throw TemplateMistake("\(owner.kind) has no '\(method.rawValue)'", at: place)
        }
        switch method {
        case .strip: return try made(text.trimmedAsPython, at: place)
        case .lstrip: return try made(text.droppingLeadingSpace, at: place)
        case .rstrip: return try made(text.droppingTrailingSpace, at: place)
        case .lower: return try made(String(scalars: text.lowercasedAsPython), at: place)
        case .upper: return try made(text.uppercasedAsPython, at: place)
        case .startswith, .endswith, .get:
            guard case .text(let part)? = arguments.first else {
                throw TemplateMistake("'\(method.rawValue)' needs a text", at: place)
            }
            let (scalars, length) = (ScalarText(text), part.unicodeScalars.count)
            return .boolean(scalars.has(part.unicodeScalars, at: method == .endswith ? scalars.count - length : 0))
        }
    }
}

extension String {
    /// The text in upper case (`str.upper`).
    fileprivate var uppercasedAsPython: String {
        String(scalars: unicodeScalars.flatMap { $0.properties.uppercaseMapping.unicodeScalars })
    }
}
