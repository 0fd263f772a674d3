/// Finds added tokens in a text.
struct AddedTokenFinder: Sendable {
    /// A found token and the scalars it stands for.
    struct Match {
        var id: Int32
        var range: Range<Int>
    }

    /// The tokens and their scalars, by first scalar, longest first.
    private let candidates: [UInt32: [(token: AddedToken, scalars: [UInt32])]]
    /// Which ASCII scalars begin tokens, a bit each, so that most of a text needs no look at `candidates`.
    private let ascii: (UInt64, UInt64)

    /// A finder of `tokens`, each by the scalars that `spelling` gives it; those without any are never found.
    init(_ tokens: [AddedToken], spelling: (String) -> [UInt32]) {
        var candidates: [UInt32: [(token: AddedToken, scalars: [UInt32])]] = [:]
        for token in tokens {
            let scalars = spelling(token.content)
            if let first = scalars.first { candidates[first, default: []].append((token, scalars)) }
        }
        var bits: (UInt64, UInt64) = (0, 0)
        for first in candidates.keys where first < 128 {
            if first < 64 { bits.0 |= 1 << UInt64(first) } else { bits.1 |= 1 << UInt64(first - 64) }
        }
        ascii = bits
        self.candidates = candidates.mapValues { $0.sorted { $0.scalars.count > $1.scalars.count } }
    }

    private func mayBegin(_ scalar: UInt32) -> Bool {
        if scalar < 64 { return ascii.0 >> UInt64(scalar) & 1 == 1 }
        return scalar >= 128 || ascii.1 >> UInt64(scalar - 64) & 1 == 1
    }

    /// The tokens in `text[range]`, by their places in `text`.
    func matches(in text: [AlignedScalar], _ range: Range<Int>) -> [Match] {
        isEmpty ? [] : matches(count: range.count) { text[range.lowerBound + $0].value }
    }

    /// Whether nothing can be found.
    var isEmpty: Bool { candidates.isEmpty }

    /// The tokens in `scalars[range]`, from left to right, the longest where several begin.
    func matches(count: Int, scalar: (Int) -> UInt32) -> [Match] {
        var matches: [Match] = []
        var place = 0
        var end = 0
        while place < count {
            let first = scalar(place)
            guard mayBegin(first), let known = candidates[first],
                let found = known.first(where: { stands($0.scalars, at: place, count, scalar) })
            else {
                place += 1
                continue
            }
            var range = place..<place + found.scalars.count
            place = range.upperBound
            if found.token.isSingleWord, Self.isTouched(range, count, scalar) { continue }
            if found.token.stripsLeft {
                while range.lowerBound > end, Self.isSpace(scalar(range.lowerBound - 1)) {
                    range = range.lowerBound - 1..<range.upperBound
                }
            }
            if found.token.stripsRight {
                while range.upperBound < count, Self.isSpace(scalar(range.upperBound)) {
                    range = range.lowerBound..<range.upperBound + 1
                }
            }
            end = range.upperBound
            matches.append(Match(id: found.token.id, range: range))
        }
        return matches
    }

    private func stands(_ scalars: [UInt32], at place: Int, _ count: Int, _ scalar: (Int) -> UInt32) -> Bool {
        guard place + scalars.count <= count else { return false }
        return scalars.indices.allSatisfy { scalars[$0] == scalar(place + $0) }
    }

    /// Whether a letter, a digit, a mark or a connector stands right before or after `range`.
    private static func isTouched(_ range: Range<Int>, _ count: Int, _ scalar: (Int) -> UInt32) -> Bool {
        let neighbours = [range.lowerBound - 1, range.upperBound].filter { $0 >= 0 && $0 < count }
        return neighbours.contains { place in
            Unicode.Scalar(scalar(place)).map(ScalarProperty.isWord) ?? false
        }
    }

    private static func isSpace(_ scalar: UInt32) -> Bool {
        Unicode.Scalar(scalar)?.properties.isWhitespace ?? false
    }
}
