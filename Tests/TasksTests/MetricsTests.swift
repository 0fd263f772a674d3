import Testing
import YAML

@testable import Tasks

@Suite("Metrics are those of scikit-learn, scipy and seqeval")
struct MetricsTests {
    /// What a kind of outcomes is in the golden file.
    private func expect(_ outcomes: any Outcomes, _ golden: Node, _ comment: Comment) throws {
        let own = metrics.filter { $0.outcomes == type(of: outcomes) }
        let expected = try #require(golden["metrics"]).pairs
        #expect(Set(own.map(\.name)) == Set(expected.map(\.key)), comment)
        for pair in expected {
            let value = try #require(own.first { $0.name == pair.key }).metric(of: outcomes).value
            if pair.value.isNull {
                #expect(value.isNaN, "\(pair.key), \(comment)")
            } else {
                let reference = try #require(pair.value.number)
                #expect(abs(value - reference) <= 1e-12 * max(1, abs(reference)), "\(pair.key), \(comment)")
            }
        }
    }

    private func cases(_ kind: String) throws -> [(place: Int, node: Node)] {
        let cases = try #require(try Golden.json("metrics.json")[kind]?.elements)
        return cases.enumerated().map { ($0, $1) }
    }

    @Test func ofClasses() throws {
        for (place, node) in try cases("classes") {
            let outcomes = ClassOutcomes(
                predicted: try #require(node["predicted"]?.integers), actual: try #require(node["actual"]?.integers),
                positiveClass: try #require(node["positive"]?.integer))
            try expect(outcomes, node, "case \(place)")
        }
    }

    @Test func ofSeveralLabels() throws {
        for (place, node) in try cases("flags") {
            func flags(_ key: String) throws -> [[Bool]] {
                try #require(node[key]?.elements).map { $0.integers.map { $0 == 1 } }
            }
            let outcomes = FlagOutcomes(predicted: try flags("predicted"), actual: try flags("actual"))
            try expect(outcomes, node, "case \(place)")
        }
    }

    @Test func ofNumbers() throws {
        for (place, node) in try cases("values") {
            func numbers(_ key: String) throws -> [Double] { try #require(node[key]?.elements).compactMap(\.number) }
            let outcomes = ValueOutcomes(predicted: try numbers("predicted"), actual: try numbers("actual"))
            try expect(outcomes, node, "case \(place)")
        }
    }

    @Test func ofSpans() throws {
        for (place, node) in try cases("tags") {
            func tags(_ key: String) throws -> [[String]] {
                try #require(node[key]?.elements).map { $0.elements?.compactMap(\.string) ?? [] }
            }
            let outcomes = TagOutcomes(
                predicted: try tags("predicted"), actual: try tags("actual"),
                scheme: try #require(TagScheme(rawValue: node["scheme"]?.string ?? "")))
            try expect(outcomes, node, "case \(place)")
        }
    }

    @Test func ofLikelihoods() {
        let outcomes = LikelihoodOutcomes(total: 6, count: 4)
        #expect(outcomes.loss == 1.5)
        #expect(abs(outcomes.perplexity - 4.481_689_070_338_065) < 1e-12)
        #expect(LikelihoodOutcomes(total: 0, count: 0).perplexity.isNaN)
    }

    @Test func whatIsNotComparableTrapsNowhere() {
        #expect(ValueOutcomes(predicted: [.nan, 1], actual: [1, 2]).pearson.isNaN)
        #expect(ValueOutcomes(predicted: [.nan, 1], actual: [1, 2]).spearman.isNaN)
        #expect(ValueOutcomes(predicted: [.infinity, 1], actual: [1, 2]).pearson.isNaN)
        #expect(ValueOutcomes(predicted: [1], actual: [1]).pearson.isNaN)
        #expect(TagScheme.bio.spans(of: ["", "B-", "-", "I"]).count <= 4)
        #expect(TagScheme.bmes.spans(of: ["", "B-", "-", "E-"]).isEmpty)
    }

    @Test func aChoiceOfMetricsIsOrderedAndChecked() {
        func choice(_ names: [String]) -> MetricChoice {
            MetricChoice(names: names, usual: ["accuracy"], outcomes: ClassOutcomes.self)
        }
        #expect(choice([]).chosen.map(\.name) == ["accuracy"])
        #expect(choice(["f1_macro", "accuracy"]).chosen.map(\.name) == ["f1_macro", "accuracy"])
        #expect(
            choice(["f1_makro"]).contradictions(with: "x").map(\.message) == [
                "classes have no metric 'f1_makro'; did you mean 'f1_macro'?"
            ])
        #expect(choice(["f1", "f1"]).contradictions(with: "x").map(\.message) == ["'f1' stands there twice"])
        #expect(
            choice(["pearson"]).contradictions(with: "x").first?.message.contains("they have accuracy, f1,") == true)
    }

    @Test func everyUsualMetricExists() {
        for task in taskTypes {
            #expect(!task.metrics(task.section.defaults).isEmpty, "\(task.name)")
            #expect(!task.outcomes.isEmpty)
            for outcomes in task.outcomes { #expect(metrics.contains { $0.outcomes == outcomes }) }
        }
        for problem in TextClassification.Settings.Problem.allCases {
            var settings = TextClassification.Settings()
            settings.problem = problem
            #expect(settings.choice.chosen.count == settings.choice.usual.count)
        }
    }
}
