import CYAML

/// One step of libyaml through a text.
struct YAMLEvent {
    enum Kind {
        case documentStart
        case scalar(text: String, isPlain: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
        case alias(String)

        /// By how much the event goes deeper.
        var depthChange: Int {
            switch self {
            case .sequenceStart, .mappingStart: 1
            case .sequenceEnd, .mappingEnd: -1
            case .documentStart, .scalar, .alias: 0
            }
        }
    }

    var kind: Kind
    /// Where the event starts and ends, as libyaml counts: from 0.
    var start: (line: Int, column: Int)
    var end: (line: Int, column: Int)
    /// The `&name` in front of a value.
    var anchor: String?
    /// The `!name` in front of a value.
    var tag: String?
}

/// What libyaml says about a text that it cannot read; lines and columns count from 0.
struct YAMLProblem: Error {
    var problem: String
    var place: (line: Int, column: Int)
    /// What libyaml was doing, and since which line.
    var context: (text: String, line: Int)?
}

/// The only file that sees libyaml and its pointers: text in, events out.
enum YAMLEvents {
    /// Every event of the text in order; the first mistake, or the first value that stands deeper than
    /// `depthLimit`, ends it.
    static func all(in bytes: [UInt8], depthLimit: Int) throws(YAMLProblem) -> [YAMLEvent] {
        // The parser keeps the address of the bytes, so all of its life lies inside this closure.
        let result: Result<[YAMLEvent], YAMLProblem> = unsafe bytes.withUnsafeBufferPointer { buffer in
            var parser = unsafe yaml_parser_t()
            guard unsafe yaml_parser_initialize(&parser) == 1 else {
                return .failure(YAMLProblem(problem: "there is no memory left to read it", place: (0, 0)))
            }
            defer { unsafe yaml_parser_delete(&parser) }
            unsafe yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
            unsafe yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
            return unsafe events(of: &parser, depthLimit: depthLimit)
        }
        return try result.get()
    }

    private static func events(
        of parser: inout yaml_parser_t, depthLimit: Int
    ) -> Result<[YAMLEvent], YAMLProblem> {
        var events: [YAMLEvent] = []
        var depth = 0
        while true {
            var event = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(&parser, &event) == 1 else { return .failure(unsafe problem(of: parser)) }
            defer { unsafe yaml_event_delete(&event) }
            if unsafe event.type == YAML_STREAM_END_EVENT { return .success(events) }
            guard let event = unsafe translate(event) else { continue }
            depth += event.kind.depthChange
            if depth > depthLimit {
                let problem = "sequences and mappings stand too deep inside each other"
                return .failure(YAMLProblem(problem: problem, place: event.start))
            }
            events.append(event)
        }
    }

    /// The event in Swift's terms; `nil` for those that carry nothing.
    private static func translate(_ event: yaml_event_t) -> YAMLEvent? {
        var anchor: String?
        var tag: String?
        let kind: YAMLEvent.Kind
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            anchor = unsafe text(scalar.anchor)
            tag = unsafe text(scalar.tag)
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let text = unsafe String(decoding: bytes, as: UTF8.self)
            kind = .scalar(text: text, isPlain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE)
        case YAML_SEQUENCE_START_EVENT:
            anchor = unsafe text(event.data.sequence_start.anchor)
            tag = unsafe text(event.data.sequence_start.tag)
            kind = .sequenceStart
        case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            anchor = unsafe text(event.data.mapping_start.anchor)
            tag = unsafe text(event.data.mapping_start.tag)
            kind = .mappingStart
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        case YAML_ALIAS_EVENT: kind = .alias(unsafe text(event.data.alias.anchor) ?? "")
        default: return nil
        }
        let start = unsafe event.start_mark
        let end = unsafe event.end_mark
        return YAMLEvent(
            kind: kind, start: (Int(start.line), Int(start.column)), end: (Int(end.line), Int(end.column)),
            anchor: anchor, tag: tag)
    }

    private static func problem(of parser: yaml_parser_t) -> YAMLProblem {
        let mark = unsafe parser.problem_mark
        let message = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "this is not YAML"
        let context = unsafe parser.context.map { unsafe String(cString: $0) }
        let contextLine = unsafe Int(parser.context_mark.line)
        return YAMLProblem(
            problem: message, place: (Int(mark.line), Int(mark.column)),
            context: context.map { (text: $0, line: contextLine) })
    }

    /// The text of a C string of bytes.
    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe pointer.map { unsafe String(cString: $0) }
    }
}
