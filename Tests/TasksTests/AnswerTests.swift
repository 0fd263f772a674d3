import Testing
import YAML

@testable import Tasks

@Suite("Finding the best answer")
struct AnswerSearchTests {
    @Test("Answers and null odds are the reference's", arguments: 0..<6)
    func golden(index: Int) throws {
        let golden = try Golden.json("squad_answers.json")
        let node = try #require(golden["searches"]?.elements?[index])
        let search = AnswerSearch(
            beamSize: try node.integer("n_best_size", of: "golden"),
            maxAnswerLength: try node.integer("max_answer_length", of: "golden"),
            nullThreshold: node["threshold"]?.number)
        let set = try SQuAD.read("\(Golden.folder)/squad.json")
        let windows = try QuestionWindows(maxSequenceLength: 48, stride: 10).windows(of: set, goldenTokenizer())
        let logits = try #require(golden["logits"]?.elements)
        var grouped = [[AnswerSearch.Window]](repeating: [], count: set.questions.count)
        for (window, node) in zip(windows, logits) {
            let scores = try #require(node.elements).map { $0.integers.map { Float($0) / 1024 } }
            grouped[window.question].append(
                AnswerSearch.Window(
                    startLogits: scores[0], endLogits: scores[1], contextStart: window.contextStart,
                    ranges: window.ranges[...]))
        }
        let outcomes = grouped.map(search.best)
        let predictions = QuestionScores(allowsNone: search.nullThreshold != nil).evaluation(of: set, outcomes)
            .predictions
        #expect(predictions.map { $0["prediction_text"] } == node["texts"]?.elements?.map(JSON.init))
        #expect(outcomes.map { $0.nullOdds.map(Double.init) } == node["odds"]?.elements?.map(\.number))
    }

    /// A window of a question token and `count` context tokens, one scalar each.
    private func window(_ start: [Float], _ end: [Float]) -> AnswerSearch.Window {
        let ranges = (0..<start.count - 1).map { Int32($0)..<Int32($0 + 1) }
        return AnswerSearch.Window(startLogits: start, endLogits: end, contextStart: 1, ranges: ranges[...])
    }

    @Test func ofEqualScoresTheEarlierTokensWin() {
        let search = AnswerSearch(beamSize: 20, maxAnswerLength: 30, nullThreshold: nil)
        #expect(search.best(in: [window([0, 1, 1, 1], [0, 1, 1, 1])]).answer == .part(0..<1))
    }

    @Test func scoresThatAreNoNumbersAreTheWorst() {
        let search = AnswerSearch(beamSize: 2, maxAnswerLength: 30, nullThreshold: 0)
        #expect(search.best(in: [window([.nan, 1, .nan, 0], [0, .nan, 2, .nan])]).answer == .part(0..<2))
        let none = search.best(in: [window([.nan, .nan], [.nan, .nan])])
        #expect(none.answer == .part(0..<1))
        #expect(none.nullOdds?.isNaN == true)
        #expect(search.best(in: []).answer == .none)
    }
}

extension JSON {
    /// The value under `key` of an object.
    subscript(key: String) -> JSON? {
        guard case .object(let entries) = self else { return nil }
        return entries[key]
    }
}

@Suite("Exact match and F1")
struct AnswerScoreTests {
    @Test("As the official scripts count")
    func golden() throws {
        for node in try #require(try Golden.json("squad_scores.json").elements) {
            let prediction = try node.text("prediction", of: "golden")
            let accepted = try node.list("answers", of: "golden").compactMap(\.string)
            let words = AnswerScore.words(prediction).map { String(String.UnicodeScalarView($0)) }
            let expected = try node.text("normalized", of: "golden")
            #expect(words.joined(separator: " ").unicodeScalars.elementsEqual(expected.unicodeScalars), "\(prediction)")
            for (key, allowsNone) in [("v1", false), ("v2", true)] {
                let score = AnswerScore(prediction, accepted: accepted, allowsNone: allowsNone)
                let numbers = try node.list(key, of: "golden").compactMap(\.number)
                #expect(score.exactMatch == numbers[0], "\(key): '\(prediction)' for \(accepted)")
                #expect(abs(score.f1 - numbers[1]) < 1e-12, "\(key): '\(prediction)' for \(accepted)")
            }
        }
    }

    @Test("Means are percentages, in v2.0 also of the questions with and without an answer")
    func means() {
        let scores = [
            (AnswerScore("a river", accepted: ["river"], allowsNone: true), true),
            (AnswerScore("sea", accepted: ["river sea"], allowsNone: true), true),
            (AnswerScore("sea", accepted: [], allowsNone: true), false),
            (AnswerScore("", accepted: [], allowsNone: true), false),
        ].map { (score: $0.0, hasAnswer: $0.1) }
        let metrics = QuestionScores(allowsNone: true).metrics(scores)
        #expect(
            metrics.map(\.name) == [
                "f1", "exact_match", "HasAns_f1", "HasAns_exact_match", "NoAns_f1", "NoAns_exact_match",
            ])
        #expect(zip(metrics.map(\.value), [66.6666, 50, 83.3333, 50, 50, 50]).allSatisfy { abs($0 - $1) < 1e-3 })
        #expect(QuestionScores(allowsNone: false).metrics(scores).map(\.name) == ["f1", "exact_match"])
    }
}
