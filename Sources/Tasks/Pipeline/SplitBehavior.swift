import YAML

/// What becomes of the matches at which a text is cut.
enum SplitBehavior: String, CaseIterable, Sendable {
    /// They go.
    case removed = "Removed"
    /// Each is a piece.
    case isolated = "Isolated"
    /// Each goes with what stands before it.
    case mergedWithPrevious = "MergedWithPrevious"
    /// Each goes with what stands behind it.
    case mergedWithNext = "MergedWithNext"
    /// Those that touch are one piece.
    case contiguous = "Contiguous"

    /// Reads `behavior`, or `nil` where there is none.
    init?(_ node: Node, of owner: String) throws(DataError) {
        guard let name = try node.optionalText("behavior", of: owner) else { return nil }
        guard let behavior = Self(rawValue: name) else {
            let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw DataError("'behavior' of \(owner) must be one of \(known), not '\(name)'", at: node.location)
        }
        self = behavior
    }
}

/// Makes pieces of matches and what stands between them.
struct PieceCutter {
    private let behavior: SplitBehavior
    private var pieces: [Range<Int>] = []
    private var isAfterMatch = false

    /// A cutter that does with matches what `behavior` says.
    init(_ behavior: SplitBehavior) {
        self.behavior = behavior
    }

    /// Adds the next part of a text.
    mutating func add(_ part: Range<Int>, isMatch: Bool) {
        defer { isAfterMatch = isMatch }
        let last = pieces.count - 1
        switch behavior {
        case .removed:
            if !isMatch { pieces.append(part) }
            return
        case .isolated: break
        case .contiguous where isMatch == isAfterMatch && last >= 0,
            .mergedWithPrevious where isMatch && !isAfterMatch && last >= 0,
            .mergedWithNext where !isMatch && isAfterMatch && last >= 0:
            pieces[last] = pieces[last].lowerBound..<part.upperBound
            return
        default: break
        }
        pieces.append(part)
    }

    /// Appends the pieces that are not empty.
    func finish(_ cut: inout [Range<Int>]) {
        for piece in pieces where !piece.isEmpty { cut.append(piece) }
    }
}
