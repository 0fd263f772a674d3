import YAML

/// What a component looks for: a text as it stands, or an expression.
enum TextPattern: Sendable {
    case text([UInt32])
    case expression(Pattern)

    /// Reads `pattern`: `{"String": …}` or `{"Regex": …}`.
    init(_ node: Node, of owner: String) throws(DataError) {
        let pattern = try node.member("pattern", of: owner)
        if let text = try pattern.optionalText("String", of: "a pattern") {
            let scalars = text.unicodeScalars.map(\.value)
            self = scalars.isEmpty ? .expression(.empty) : .text(scalars)
            return
        }
        let expression = try pattern.text("Regex", of: "a pattern")
        do {
            self = .expression(try Pattern(expression))
        } catch {
            throw DataError(
                "the expression '\(expression)' of \(owner) is not read: \(error.message); choose another checkpoint",
                at: pattern.location)
        }
    }

    /// Appends the matches in `scalars[piece]`, from left to right.
    func find(_ scalars: [AlignedScalar], _ piece: Range<Int>, _ matches: inout [Range<Int>]) {
        switch self {
        case .text(let text):
            var place = piece.lowerBound
            while place + text.count <= piece.upperBound {
                if text.indices.allSatisfy({ scalars[place + $0].value == text[$0] }) {
                    matches.append(place..<place + text.count)
                    place += text.count
                } else {
                    place += 1
                }
            }
        case .expression(let pattern): pattern.find(scalars, piece, &matches)
        }
    }
}
