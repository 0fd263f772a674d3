/// How much of a text's words and of its references' words agree: the F-measures of ROUGE, from 0 to 1.
///
/// Words are runs of ASCII letters and digits in lower case, as Google's `rouge_score` cuts them without its stemmer. Of several
/// references the best one counts, for each measure by itself. Lin, 2004, <https://aclanthology.org/W04-1013>.
struct ROUGEScore: Hashable, Sendable {
    /// Over single words.
    let one: Double
    /// Over neighbouring words.
    let two: Double
    /// Over the longest sequence of words that both have in this order, gaps allowed.
    let longest: Double

    /// The score of a text.
    init(_ text: String, references: [String]) {
        let words = Self.words(of: text)
        let others = references.map(Self.words)
        one = others.map { Self.sequences(of: 1, words, $0) }.max() ?? 0
        two = others.map { Self.sequences(of: 2, words, $0) }.max() ?? 0
        longest = others.map { Self.measure(Self.longestCommon(words, $0), words.count, $0.count) }.max() ?? 0
    }

    /// The words that count.
    static func words(of text: String) -> [String] {
        text.lowercasedAsPython.split { !("a"..."z").contains($0) && !("0"..."9").contains($0) }.map { word in
            var text = String.UnicodeScalarView()
            text.append(contentsOf: word)
            return String(text)
        }
    }

    /// The harmonic mean of `hits` / `predicted` and `hits` / `actual`.
    private static func measure(_ hits: Int, _ predicted: Int, _ actual: Int) -> Double {
        let (precision, recall) = (Double(hits) / Double(max(predicted, 1)), Double(hits) / Double(max(actual, 1)))
        return hits == 0 ? 0 : 2 * precision * recall / (precision + recall)
    }

    private static func sequences(of order: Int, _ words: [String], _ others: [String]) -> Double {
        func counts(_ words: [String]) -> [[String]: Int] {
            var counts: [[String]: Int] = [:]
            for start in words.indices.dropLast(order - 1) {
                counts[Array(words[start..<start + order]), default: 0] += 1
            }
            return counts
        }
        let known = counts(others)
        let hits = counts(words).reduce(0) { $0 + min($1.value, known[$1.key] ?? 0) }
        return measure(hits, max(0, words.count - order + 1), max(0, others.count - order + 1))
    }

    private static func longestCommon(_ words: [String], _ others: [String]) -> Int {
        // Row by row of the table of prefixes; `row[k]` is of the first k others.
        var row = [Int](repeating: 0, count: others.count + 1)
        for word in words {
            var diagonal = 0
            for (place, other) in others.enumerated() {
                let above = row[place + 1]
                row[place + 1] = word == other ? diagonal + 1 : max(above, row[place])
                diagonal = above
            }
        }
        return row[others.count]
    }
}
