/// What somebody probably meant.
public enum Suggestion {
    /// The candidate that is nearest to `word`, when one is near enough to be meant.
    ///
    /// Near is at most one edit in three letters, by Damerau and Levenshtein; capitals and the kind of dash do not count.
    /// Failing that, the one candidate that `word` is a part of, or that is a part of `word`: `training` for `train`.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        let letters = normalized(word)
        let limit = max(1, letters.count / 3)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let other = normalized(candidate)
            guard abs(other.count - letters.count) <= limit, !letters.isEmpty else { continue }
            let distance = distance(letters, other)
            // A word of one or two letters is no likeness once every letter has changed.
            guard distance <= limit, distance < max(letters.count, other.count) else { continue }
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        if let best { return best.candidate }

        let related = candidates.filter {
            let other = normalized($0)
            return min(other.count, letters.count) >= 4 && (contains(other, letters) || contains(letters, other))
        }
        return related.count == 1 ? related.first : nil
    }

    /// How many letters must be inserted, removed, replaced or swapped with their neighbour.
    static func distance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...second.count)
        for i in first.indices {
            var row = [i + 1]
            for j in second.indices {
                var least = min(last[j] + (first[i] == second[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
                    least = min(least, beforeLast[j - 1] + 1)
                }
                row.append(least)
            }
            (beforeLast, last) = (last, row)
        }
        return last[second.count]
    }

    private static func normalized(_ word: String) -> [Unicode.Scalar] {
        word.lowercased().unicodeScalars.prefix(100).map { $0 == "-" || $0 == " " ? "_" : $0 }
    }

    private static func contains(_ word: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
        part.count <= word.count && (0...(word.count - part.count)).contains { word[$0...].starts(with: part) }
    }
}
