import Foundation

/// How many words, and sequences of up to four words, of a text stand in its references: what a corpus' BLEU is computed from.
///
///     p(n) = matches(n) / totals(n)        BLEU = 100 · min(1, exp(1 - r / c)) · (p(1) p(2) p(3) p(4))^(1/4)
///
/// with the lengths `c` of the texts and `r` of their references in words. Counts of several texts are added, and then divided. Where
/// nothing of a length matches, its p is 100 / 2ᵏ / totals, `k` such lengths up to it (sacreBLEU's `exp`). Papineni et al., 2002,
/// <https://aclanthology.org/P02-1040>; Post, 2018, <https://aclanthology.org/W18-6319>.
struct BLEUCounts: Hashable, Sendable {
    /// The longest sequence of words.
    static let orders = 4

    /// The words of the text.
    private(set) var length = 0
    /// The words of the reference whose length is the nearest, the shorter one of two.
    private(set) var referenceLength = 0
    /// How many sequences stand in a reference, each no oftener than in that which has it most: `[orders]`.
    private(set) var matches = [Int](repeating: 0, count: orders)
    /// How many sequences there are: `[orders]`.
    private(set) var totals = [Int](repeating: 0, count: orders)

    /// Of no text.
    init() {}

    /// Of one text, which has one reference at least.
    init(_ text: String, references: [String]) {
        var index = WordIndex()
        let words = index.numbers(of: BLEUWords.words(of: text))
        let others = references.map { index.numbers(of: BLEUWords.words(of: $0)) }
        length = words.count
        referenceLength =
            others.map(\.count).min { (abs($0 - words.count), $0) < (abs($1 - words.count), $1) } ?? 0
        for order in 1...Self.orders {
            var most: [[Int]: Int] = [:]
            for other in others { most.merge(Self.sequences(of: order, in: other)) { max($0, $1) } }
            for (sequence, count) in Self.sequences(of: order, in: words) {
                totals[order - 1] += count
                matches[order - 1] += min(count, most[sequence] ?? 0)
            }
        }
    }

    private static func sequences(of order: Int, in words: [Int]) -> [[Int]: Int] {
        var counts: [[Int]: Int] = [:]
        for start in words.indices.dropLast(order - 1) { counts[Array(words[start..<start + order]), default: 0] += 1 }
        return counts
    }

    /// Both together.
    static func + (one: Self, other: Self) -> Self {
        var sum = one
        sum.length += other.length
        sum.referenceLength += other.referenceLength
        for order in 0..<orders {
            sum.matches[order] += other.matches[order]
            sum.totals[order] += other.totals[order]
        }
        return sum
    }

    /// BLEU, from 0 to 100.
    var score: Double {
        guard matches.contains(where: { $0 > 0 }) else { return 0 }
        var (logarithms, smoothing) = (0.0, 1.0)
        for (matched, total) in zip(matches, totals) {
            // Too short for any such sequence: sacreBLEU without `effective_order`.
            guard total > 0 else { return 0 }
            if matched == 0 { smoothing *= 2 }
            logarithms += log(matched == 0 ? 100 / (smoothing * Double(total)) : 100 * Double(matched) / Double(total))
        }
        let brevity = length < referenceLength ? exp(1 - Double(referenceLength) / Double(length)) : 1
        return brevity * exp(logarithms / Double(Self.orders))
    }

    /// Lengths of text and reference, four numbers of matches, four of sequences: adding them up is adding corpora.
    var list: [Int] { [length, referenceLength] + matches + totals }
}

/// A number for each word.
private struct WordIndex {
    private var numbers: [[Unicode.Scalar]: Int] = [:]

    mutating func numbers(of words: [[Unicode.Scalar]]) -> [Int] {
        words.map { word in
            if let number = numbers[word] { return number }
            let number = numbers.count
            numbers[word] = number
            return number
        }
    }
}
