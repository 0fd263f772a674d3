import Testing
import YAML

@testable import Tasks

@Suite("Metrics of texts are those of sacreBLEU and rouge_score")
struct TextMetricsTests {
    private static let tolerance = 1e-9

    private func corpora() throws -> [Node] { try #require(try Golden.json("text_metrics.json").elements) }

    @Test func ofEachText() throws {
        for corpus in try corpora() {
            for node in try #require(corpus["texts"]?.elements) {
                let text = try #require(node["text"]?.string)
                let references = try #require(node["references"]?.elements).compactMap(\.string)
                let words = BLEUWords.words(of: text).map { String(scalars: $0) }.joined(separator: " ")
                let tokens = try #require(node["tokens"]?.string)
                #expect(visible(words) == visible(tokens))
                #expect(BLEUCounts(text, references: references).list == node["counts"]?.integers, "\(visible(text))")
                let score = ROUGEScore(text, references: references)
                for (key, value) in [("rouge1", score.one), ("rouge2", score.two), ("rougeL", score.longest)] {
                    let expected = try #require(node[key]?.number)
                    #expect(abs(value - expected) <= Self.tolerance, "\(key) of \(visible(text))")
                }
            }
        }
    }

    @Test func ofCorpora() throws {
        var scores: Set<Double> = []
        for corpus in try corpora() {
            let texts = try #require(corpus["texts"]?.elements).map { node in
                GeneratedScore(
                    node["text"]?.string ?? "", references: node["references"]?.elements?.compactMap(\.string) ?? [])
            }
            let outcomes = GeneratedOutcomes(scores: texts, likelihoods: LikelihoodOutcomes(total: 6, count: 3))
            for name in ["bleu", "rouge1", "rouge2", "rougeL"] {
                let entry = try #require(metrics.first { $0.name == name && $0.outcomes == GeneratedOutcomes.self })
                let value = entry.metric(of: outcomes).value
                let expected = try #require(corpus[name]?.number)
                #expect(
                    abs(value - expected) <= Self.tolerance * max(1, abs(expected)), "\(name): \(value), \(expected)")
                if name == "bleu" { scores.insert(value) }
            }
        }
        #expect(scores.count > 10)
    }

    @Test(
        "Exact match looks at scalars, and not at white space around",
        arguments: [
            ("a b", ["x", " a b\n"], 1.0), ("a  b", ["a b"], 0), ("A", ["a"], 0), ("e\u{301}", ["é"], 0),
            ("", [" "], 1),
        ])
    func exactMatch(text: String, references: [String], value: Double) {
        #expect(GeneratedScore(text, references: references).exactMatch == value)
    }

    @Test func countsOfExamplesAddUp() {
        let parts = [("a b c d e", ["a b c d"]), ("x y", ["x y z"])].map { BLEUCounts($0.0, references: $0.1) }
        let whole = parts.reduce(BLEUCounts()) { $0 + $1 }
        #expect(whole.list == zip(parts[0].list, parts[1].list).map { $0 + $1 })
        #expect(whole.list == [7, 7, 6, 4, 2, 1, 7, 5, 3, 2])
    }
}
