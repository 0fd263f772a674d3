/// A normalised text and the pieces that it was cut into; what stands in none of them is left out.
struct SplitText: Sendable {
    /// The scalars of the text.
    var scalars: [AlignedScalar]
    /// The parts of `scalars` that tokens are made of, in order, none of them empty.
    var pieces: [Range<Int>]
    /// Where the text begins in the original one.
    let origin: Int32

    /// A text in one piece.
    init(_ scalars: [AlignedScalar], origin: Int32) {
        self.scalars = scalars
        self.origin = origin
        pieces = scalars.isEmpty ? [] : [scalars.indices]
    }

    /// Where a piece begins in the original text.
    func origin(of piece: Range<Int>) -> Int32 {
        piece == scalars.indices ? origin : scalars[piece.lowerBound].start
    }

    /// Cuts each piece at the matches that `find` appends, which stand in order and do not overlap.
    mutating func split(
        _ behavior: SplitBehavior, inverted: Bool = false,
        _ find: (_ scalars: [AlignedScalar], _ piece: Range<Int>, _ matches: inout [Range<Int>]) -> Void
    ) {
        var cut: [Range<Int>] = []
        var matches: [Range<Int>] = []
        cut.reserveCapacity(pieces.count * 2)
        for piece in pieces {
            matches.removeAll(keepingCapacity: true)
            find(scalars, piece, &matches)
            var cutter = PieceCutter(behavior)
            var done = piece.lowerBound
            for match in matches {
                if done < match.lowerBound { cutter.add(done..<match.lowerBound, isMatch: inverted) }
                cutter.add(match, isMatch: !inverted)
                done = match.upperBound
            }
            if done < piece.upperBound { cutter.add(done..<piece.upperBound, isMatch: inverted) }
            cutter.finish(&cut)
        }
        pieces = cut
    }

    /// Replaces the scalars of each piece by what `body` appends for it; scalars outside of pieces go.
    mutating func rewrite(
        _ body: (_ scalars: [AlignedScalar], _ piece: Range<Int>, _ out: inout [AlignedScalar]) -> Void
    ) {
        var out: [AlignedScalar] = []
        out.reserveCapacity(scalars.count + pieces.count)
        var rewritten: [Range<Int>] = []
        rewritten.reserveCapacity(pieces.count)
        for piece in pieces {
            let start = out.count
            body(scalars, piece, &out)
            if start < out.count { rewritten.append(start..<out.count) }
        }
        scalars = out
        pieces = rewritten
    }

    /// Cuts pieces before each `boundary` that stands behind another scalar.
    mutating func cut(before boundary: UInt32) {
        var cut: [Range<Int>] = []
        for piece in pieces {
            var start = piece.lowerBound
            for place in piece.dropFirst()
            where scalars[place].value == boundary && scalars[place - 1].value != boundary {
                cut.append(start..<place)
                start = place
            }
            cut.append(start..<piece.upperBound)
        }
        pieces = cut
    }
}
