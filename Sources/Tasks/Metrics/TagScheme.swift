/// How the tags of words mark spans: a letter for the place in a span, and behind a dash its type.
public enum TagScheme: String, CaseIterable, Sendable {
    /// `B` begins a span and `I` goes on; read leniently, as conlleval does: a span may also begin with `I`, and `E` and `S`
    /// end one.
    case bio = "BIO"
    /// `B`, any number of `I`, and `E`, all of one type; or `S` alone. What is not whole is no span.
    case iobes = "IOBES"
    /// As IOBES, with `M` for `I`.
    case bmes = "BMES"

    /// The spans in the tags of one sentence.
    func spans(of tags: [String]) -> [TagSpan] {
        let marks = tags.map(Mark.init)
        return self == .bio ? Self.lenientSpans(marks) : wholeSpans(marks)
    }

    /// A tag taken apart.
    private struct Mark {
        var place: Unicode.Scalar
        var type: String

        static let outside = Mark("O")

        init(_ tag: String) {
            let scalars = tag.unicodeScalars
            place = scalars.first ?? "O"
            let rest = scalars.dropFirst()
            let type = rest.firstIndex(of: "-").map { rest[rest.index(after: $0)...] } ?? rest
            self.type = type.isEmpty ? "_" : String(type)
        }

        var isOutside: Bool { place == "O" || place == "." }
    }

    private static func lenientSpans(_ marks: [Mark]) -> [TagSpan] {
        var spans: [TagSpan] = []
        var (previous, start) = (Mark.outside, 0)
        for (index, mark) in (marks + [.outside]).enumerated() {
            let changesType = previous.type != mark.type
            let endsHere =
                switch (previous.place, mark.place) {
                case ("E", _), ("S", _), ("B", "B"), ("B", "S"), ("B", "O"), ("I", "B"), ("I", "S"), ("I", "O"): true
                default: !previous.isOutside && changesType
                }
            if endsHere { spans.append(TagSpan(type: previous.type, words: start..<index)) }
            let beginsHere =
                switch (previous.place, mark.place) {
                case (_, "B"), (_, "S"), ("E", "E"), ("E", "I"), ("S", "E"), ("S", "I"), ("O", "E"), ("O", "I"): true
                default: !mark.isOutside && changesType
                }
            if beginsHere { start = index }
            previous = mark
        }
        return spans
    }

    private func wholeSpans(_ marks: [Mark]) -> [TagSpan] {
        let inside: Unicode.Scalar = self == .bmes ? "M" : "I"
        var spans: [TagSpan] = []
        var start: Int?
        for (index, mark) in marks.enumerated() {
            if let first = start, marks[first].type != mark.type { start = nil }
            switch mark.place {
            case "B": start = index
            case "S":
                spans.append(TagSpan(type: mark.type, words: index..<index + 1))
                start = nil
            case "E":
                if let start { spans.append(TagSpan(type: mark.type, words: start..<index + 1)) }
                start = nil
            case inside: break
            default: start = nil
            }
        }
        return spans
    }
}
