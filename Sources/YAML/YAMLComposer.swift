/// Builds nodes from events.
struct YAMLComposer {
    private let events: [YAMLEvent]
    private let lines: YAMLLines
    private let file: String
    private var next = 0
    private var valueCount = 0
    /// What can be passed over: keys that stand twice, tags, merge keys.
    private(set) var mistakes: [TextError] = []
    /// What each `&name` stands for, and how many values that holds.
    private var anchors: [String: (node: Node, count: Int)] = [:]

    init(events: [YAMLEvent], lines: YAMLLines, file: String) {
        self.events = events
        self.lines = lines
        self.file = file
    }

    /// The one document of the text.
    mutating func document() throws(TextError) -> Node {
        guard take() != nil else { return Node(.mapping([]), at: SourceLocation(file: file, line: 1, column: 1)) }
        let node = try value()
        if let event = take() {
            throw TextError("a second document starts here; one file holds one", at: place(event.start))
        }
        if node.isNull { return Node(.mapping([]), at: node.location) }
        return node
    }

    private mutating func take() -> YAMLEvent? {
        guard next < events.count else { return nil }
        defer { next += 1 }
        return events[next]
    }

    private func place(_ mark: (line: Int, column: Int)) -> SourceLocation {
        SourceLocation(file: file, line: mark.line + 1, column: mark.column + 1)
    }

    private mutating func value() throws(TextError) -> Node {
        guard let event = take() else { throw TextError("the text ends too early", at: SourceLocation(file: file)) }
        let location = place(event.start)
        if event.tag != nil {
            mistakes.append(
                TextError("tags are not supported; quotes make a text, their absence a number", at: location))
        }
        let countBefore = valueCount
        try count(1, at: location)

        let content: Node.Content
        switch event.kind {
        case .alias(let name):
            guard let anchor = anchors[name] else {
                throw TextError("'*\(name)' stands for nothing: no finished '&\(name)' before it", at: location)
            }
            try count(anchor.count - 1, at: location)
            return anchor.node
        case .scalar(let text, let isPlain):
            // A tab that starts the second line of a plain text was meant to indent a key.
            if isPlain, event.end.line > event.start.line,
                let error = lines.tabError(in: (event.start.line + 1)...event.end.line, file: file)
            {
                throw error
            }
            content = .scalar(Node.Scalar(text, isPlain: isPlain))
        case .sequenceStart: content = .sequence(try elements())
        case .mappingStart: content = .mapping(try pairs())
        case .documentStart, .sequenceEnd, .mappingEnd: throw TextError("expected a value", at: location)
        }
        let node = Node(content, at: location)
        if let name = event.anchor { anchors[name] = (node, valueCount - countBefore) }
        return node
    }

    /// Counts `more` values, so that aliases of aliases cannot fill the memory.
    private mutating func count(_ more: Int, at location: SourceLocation) throws(TextError) {
        valueCount += more
        guard valueCount <= YAMLText.valueLimit else {
            throw TextError("the text holds more than \(YAMLText.valueLimit) values", at: location)
        }
    }

    private mutating func elements() throws(TextError) -> [Node] {
        var nodes: [Node] = []
        while next < events.count {
            if case .sequenceEnd = events[next].kind { break }
            nodes.append(try value())
        }
        next += 1
        return nodes
    }

    private mutating func pairs() throws(TextError) -> [Node.Pair] {
        var pairs: [Node.Pair] = []
        var keys = UniqueKeys()
        while next < events.count {
            if case .mappingEnd = events[next].kind { break }
            let key = try value()
            guard let scalar = key.scalar else { throw TextError("a key must be one word or text", at: key.location) }
            let value = try value()
            let mistake =
                scalar.isPlain && scalar.text == "<<"
                ? TextError("merge keys are not part of YAML 1.2; write the keys out", at: key.location)
                : keys.insert(scalar.text, at: key.location, after: pairs)
            if let mistake {
                mistakes.append(mistake)
            } else {
                pairs.append(Node.Pair(key: scalar.text, at: key.location, value: value))
            }
        }
        next += 1
        return pairs
    }
}
