/// How well an answer agrees with the accepted ones, as SQuAD's official scripts count it.
///
/// Both are lower-cased, punctuation (ASCII) and the articles `a`, `an`, `the` are dropped, and white space is made one.
/// What then agrees is the exact match, and the F1 is over the words as bags. The best accepted answer counts.
struct AnswerScore: Hashable, Sendable {
    /// 1 when the answer is an accepted one, else 0.
    var exactMatch: Double
    /// The harmonic mean of precision and recall over words, from 0 to 1.
    var f1: Double

    /// The score of `prediction`; empty for none.
    ///
    /// - Parameter allowsNone: v2.0's rules: where there is no accepted answer, none is right, and an answer of nothing
    ///   but articles and punctuation agrees with its like. In v1.1 such an answer shares no word with any. An accepted
    ///   answer of this sort, such as `.`, is left standing, as in the scores published for v2.0's predictions; later
    ///   editions of the script drop it.
    init(_ prediction: String, accepted: [String], allowsNone: Bool) {
        let words = Self.words(prediction)
        let golds = allowsNone && accepted.isEmpty ? [[]] : accepted.map(Self.words)
        exactMatch = golds.contains(words) ? 1 : 0
        f1 = golds.map { Self.f1(words, $0, allowsNone: allowsNone) }.max() ?? 0
    }

    private static func f1(_ prediction: [Word], _ gold: [Word], allowsNone: Bool) -> Double {
        if allowsNone, prediction.isEmpty || gold.isEmpty { return prediction == gold ? 1 : 0 }
        var counts: [Word: Int] = [:]
        for word in gold { counts[word, default: 0] += 1 }
        var common = 0
        for word in prediction {
            guard let count = counts[word], count > 0 else { continue }
            counts[word] = count - 1
            common += 1
        }
        guard common > 0 else { return 0 }
        let precision = Double(common) / Double(prediction.count)
        let recall = Double(common) / Double(gold.count)
        return 2 * precision * recall / (precision + recall)
    }

    /// A word by its scalars: two words that only look alike are not equal.
    typealias Word = [Unicode.Scalar]

    /// The words of a text that count.
    static func words(_ text: String) -> [Word] {
        var spaced = Word()
        var run = Word()
        func endRun() {
            spaced += articles.contains(run) ? [" "] : run
            run.removeAll()
        }
        for scalar in text.lowercasedAsPython where !isPunctuation(scalar) {
            if scalar.isPythonWord {
                run.append(scalar)
            } else {
                endRun()
                spaced.append(scalar)
            }
        }
        endRun()
        return spaced.split(whereSeparator: \.isPythonSpace).map(Word.init)
    }

    private static let articles: Set<Word> = Set(["a", "an", "the"].map { Array($0.unicodeScalars) })

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "!"..."/", ":"..."@", "["..."`", "{"..."~": true
        default: false
        }
    }
}
