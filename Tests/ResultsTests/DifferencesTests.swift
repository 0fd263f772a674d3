import Files
import Testing
import YAML

@testable import Results

@Suite("Differences of runs")
struct DifferencesTests {
    private let first = "++++++++----"
    private let second = "+++-++--++++"

    private func write(
        _ results: WrittenResults, _ name: String, _ pattern: String, seed: Int = 1, _ settings: [String: JSON] = [:]
    ) throws {
        try results.run(
            name, seed: seed, settings, metrics: ["accuracy": WrittenResults.accuracy(pattern)],
            predictions: WrittenResults.predictions(pattern))
    }

    private func differences(_ results: WrittenResults, _ a: String = "a", _ b: String = "b") throws -> Differences {
        try Differences(try DiffSide(a, results: results.path), try DiffSide(b, results: results.path))
    }

    @Test("Settings first, then the metric with its interval and p; one seed is said to be one")
    func twoRuns() throws {
        try WrittenResults.with { results in
            try write(results, "a", first, ["peft": ["r": 8], "train": ["lr": 0.1]])
            try write(results, "b", second, ["peft": ["r": 16], "train": ["lr": 0.1], "x": true])
            let differences = try differences(results)
            let comparison = differences.comparisons[0]
            #expect(comparison.settings.map(\.key) == ["name", "peft.r", "x"])
            #expect(comparison.settings.map { [$0.first, $0.second] } == [["a", "b"], ["8", "16"], ["", "true"]])
            let metric = try #require(comparison.metrics.first)
            #expect(metric.first == 8 / 12 && metric.second == 9 / 12)
            // Seven examples differ, three for one side and four for the other: every exchange is at least as far from 0.
            #expect(metric.overExamples?.significance == .init(p: 1, isExact: true))
            let interval = try #require(metric.overExamples?.interval)
            #expect(interval.lower < 0 && interval.upper > 0 && metric.overSeeds == nil)
            #expect(comparison.notes == ["one seed: variance over seeds unknown"])
            let text = differences.text()
            #expect(text.contains("peft.r    8  16\n"), "\(text)")
            #expect(text.contains("one seed: variance over seeds unknown\n"))
            #expect(text.contains("over 12 examples: paired bootstrap and randomisation, 10000 resamples, seed 1\n"))
        }
    }

    @Test("Seeds are paired where they are the same, and else compared by Welch's test")
    func seeds() throws {
        try WrittenResults.with { results in
            for (seed, a, b) in [(1, "++--", "+++-"), (2, "+++-", "++++"), (3, "+---", "++--")] {
                try write(results, "a", a, seed: seed)
                try write(results, "b", b, seed: seed)
                try write(results, "c", b, seed: seed + 1)
            }
            let paired = try differences(results).comparisons[0]
            let metric = paired.metrics[0]
            #expect(
                metric.overSeeds?.isPaired == true && metric.overSeeds?.interval == Interval(lower: 0.25, upper: 0.25))
            #expect(metric.isBetter && !metric.isWorse())
            #expect(paired.notes.isEmpty && paired.settings.map(\.key) == ["name"])
            let other = try differences(results, "a", "c").comparisons[0]
            #expect(other.metrics[0].overSeeds?.isPaired == false)
            #expect(other.settings.map(\.second) == ["c", "2 3 4"])
            // Three runs of a side against one: their predictions can not be exchanged.
            let run = try #require(try Folder.names(in: "\(results.path)/b").first)
            let single = try differences(results, "a", run).comparisons[0]
            #expect(single.metrics[0].overExamples?.significance == nil && single.metrics[0].overSeeds == nil)
            #expect(single.notes == ["one seed: variance over seeds unknown"])
        }
    }

    @Test("A run that did not finish is left out and named")
    func unfinished() throws {
        try WrittenResults.with { results in
            try write(results, "a", first)
            try write(results, "b", second)
            let pruned = try results.run("b", seed: 2, metrics: ["accuracy": 1], status: .pruned)
            let differences = try differences(results)
            #expect(differences.notes == ["left out, since it is pruned: \(pruned)"])
            #expect(differences.comparisons[0].second.runs.count == 1)
            try results.run("c", status: .failed)
            #expect(throws: RequestError("no run in 'c' has finished: it is failed")) {
                try DiffSide("c", results: results.path)
            }
        }
    }

    @Test("Examples are paired by their ids; other examples are refused")
    func pairing() throws {
        try WrittenResults.with { results in
            func run(_ name: String, _ pattern: String, _ ids: [String]?) throws {
                try results.run(
                    name, metrics: ["accuracy": WrittenResults.accuracy(pattern)],
                    predictions: WrittenResults.predictions(pattern, ids: ids))
            }
            try run("a", "++-+", ["p", "q", "r", "s"])
            try run("b", "+-++", ["r", "s", "p", "x"])
            let comparison = try differences(results).comparisons[0]
            // p, r, s are common: ++- becomes ++-, in another order.
            #expect(comparison.metrics[0].overExamples?.count == 3)
            #expect(isClose(comparison.metrics[0].first, 2 / 3.0) && isClose(comparison.metrics[0].second, 2 / 3.0))
            #expect(comparison.notes.first == "metrics are of the 3 examples that all runs have")
            for (name, ids, message) in [
                ("c", ["1", "2", "3", "4"], "there are no common examples in '"),
                ("d", ["p", "p", "q", "r"], "an id stands twice in '"),
                ("e", nil, "the examples of '"), ("f", ["q", "p", "r", "s"], "the examples differ: "),
            ] as [(String, [String]?, String)] {
                try run(name, "++++", ids)
                let error = #expect(throws: RequestError.self) { try differences(results, "a", name) }
                #expect(error?.message.hasPrefix(message) == true, "\(String(describing: error))")
            }
        }
    }

    @Test(
        "Without ids the order counts; another number of examples is refused, unless they are the first of the same file"
    )
    func order() throws {
        try WrittenResults.with { results in
            try write(results, "a", "++-+")
            try write(results, "b", "+-")
            #expect(throws: RequestError.self) { _ = try differences(results) }
            for (name, pattern) in [("c", "++-+"), ("d", "+-")] {
                try results.run(
                    name, ["data": ["eval": "x"]], metrics: ["accuracy": WrittenResults.accuracy(pattern)],
                    predictions: WrittenResults.predictions(pattern)
                ) { $0.hashes["data.eval"] = "00" }
            }
            let metric = try differences(results, "c", "d").comparisons[0].metrics[0]
            #expect(metric.overExamples?.count == 2 && metric.first == 1 && metric.second == 0.5)
        }
    }

    @Test("Predictions that do not give what the record says give no interval")
    func mismatch() throws {
        try WrittenResults.with { results in
            try write(results, "a", first)
            try results.run(
                "b", metrics: ["accuracy": 0.9, "auc": 1], predictions: WrittenResults.predictions(second))
            try results.run("c", metrics: ["accuracy": 0.9])
            let comparison = try differences(results).comparisons[0]
            #expect(comparison.metrics.map(\.name) == ["accuracy"] && comparison.metrics[0].overExamples == nil)
            #expect(comparison.notes[0].hasPrefix("accuracy: predictions.jsonl does not give"))
            #expect(
                try differences(results, "a", "c").comparisons[0].notes[0].hasPrefix(
                    "there is no predictions.jsonl in '"))
            #expect(throws: RequestError.self) { try differences(results).isWorse(in: "accuracy") }
        }
    }

    @Test("Worse is what every interval says, beyond the margin, in the metric's direction")
    func worse() throws {
        try WrittenResults.with { results in
            let (good, bad) = (String(repeating: "+", count: 60), String(repeating: "+--", count: 20))
            try write(results, "a", good)
            try write(results, "b", bad)
            #expect(try differences(results).isWorse(in: "accuracy"))
            #expect(try differences(results).isWorse(in: "accuracy", margin: 0.3))
            #expect(try !differences(results).isWorse(in: "accuracy", margin: 0.7))
            #expect(try !differences(results, "b", "a").isWorse(in: "accuracy"))
            let error = #expect(throws: RequestError.self) { try differences(results).isWorse(in: "acuracy") }
            #expect(error?.suggestion == "accuracy")
            let lower = MetricDifference(
                name: "loss", isHigherBetter: false, first: 1, second: 2,
                overExamples: .init(count: 2, interval: Interval(lower: 0.5, upper: 1.5), significance: nil))
            #expect(lower.isWorse() && lower.isWorse(by: 0.4) && !lower.isWorse(by: 0.5) && !lower.isBetter)
        }
    }

    @Test("Of folders with several settings, the same ones are compared")
    func manyGroups() throws {
        try WrittenResults.with { results in
            for rank in [1, 2, 3] { try write(results, "a", first, ["r": .integer(rank)]) }
            for rank in [2, 3, 4] { try write(results, "b", second, ["r": .integer(rank)]) }
            let differences = try differences(results)
            #expect(differences.comparisons.count == 2)
            #expect(differences.notes == ["2 groups of settings stand on one side only and are not compared"])
            try write(results, "c", second, ["r": 9])
            let error = #expect(throws: RequestError.self) { try self.differences(results, "a", "c") }
            #expect(
                error?.message.contains("'a' has 3 groups of runs, which differ in r") == true,
                "\(String(describing: error))")
        }
    }

    @Test("Tables: metrics by their settings, seeds or means with their intervals")
    func tables() throws {
        try WrittenResults.with { results in
            let head = "peft.r,seed,metrics.f1\n"
            try AtomicFile.write(head + "8,1,0.5\n8,2,0.6\n16,1,0.7\n", to: "\(results.path)/a.csv")
            try AtomicFile.write(head + "8,1,0.7\n8,2,0.9\n32,1,0.7\n", to: "\(results.path)/b.csv")
            let differences = try differences(results, "\(results.path)/a.csv", "\(results.path)/b.csv")
            let metric = try #require(differences.comparisons.first?.metrics.first)
            #expect(differences.comparisons.count == 1 && metric.overSeeds?.isPaired == true)
            #expect(isClose(metric.value, 0.25) && isClose(metric.overSeeds?.value ?? 0, 0.25))
            #expect(differences.comparisons[0].notes[0] == "a table holds no predictions: no interval over examples")
        }
    }

    @Test("Words that stand for nothing")
    func unknown() throws {
        try WrittenResults.with { results in
            try write(results, "alpha", first)
            let error = #expect(throws: RequestError.self) { try DiffSide("alpa", results: results.path) }
            #expect(error?.description.hasSuffix("did you mean 'alpha'?") == true)
            try Folder.make("\(results.path)/empty")
            #expect(throws: RequestError("there are no runs in 'empty'")) {
                try DiffSide("empty", results: results.path)
            }
            let run = try #require(try Folder.names(in: "\(results.path)/alpha").first)
            #expect(try DiffSide(String(run.prefix(6)), results: results.path).runs.count == 1)
            try AtomicFile.write("{", to: "\(results.path)/alpha/\(run)/result.json")
            #expect(throws: RequestError.self) { try DiffSide("alpha", results: results.path) }
        }
    }

    @Test("Two results of one run that disagree are named, both of them")
    func contradiction() throws {
        try WrittenResults.with { results in
            try results.run("a", metrics: ["f1": 0.1], folder: "here")
            try results.run("a", metrics: ["f1": 0.2], folder: "there")
            let error = #expect(throws: RequestError.self) { try differences(results, "here", "there") }
            #expect(
                error?.message.contains("'\(results.path)/here/result.json' and '\(results.path)/there/result.json'")
                    == true)
        }
    }
}
