/// The one of `candidates` that is nearest to `word`; nil when none is so near that it may have been meant.
package func nearest(to word: String, among candidates: [String]) -> String? {
    let limit = max(1, min(3, word.count / 3))
    let distances = candidates.map { (candidate: $0, distance: editDistance(Array(word), Array($0))) }
    guard let best = distances.min(by: { $0.distance < $1.distance }), best.distance <= limit else { return nil }
    return best.candidate
}

/// How many characters must be inserted, deleted or replaced to make `b` of `a`; neighbours that are swapped count as one.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    // A word of the user may have any length; no candidate is near to a long one.
    guard a.count < 100, b.count < 100 else { return .max }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, beforeLast[j - 1] + 1) }
            row.append(least)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
