import Files
import Testing
import YAML

@testable import Results

@Suite("The report")
struct ReportTests {
    private func log(_ folder: String, _ losses: [Double], evaluated: [Double] = []) throws {
        let lines =
            losses.enumerated().map { MetricsLine(step: $0.offset + 1, loss: $0.element, learningRate: 1).text }
            + evaluated.enumerated().map { MetricsLine(step: $0.offset + 1, ["eval_f1": $0.element]).text }
        try AtomicFile.write(lines.map { $0 + "\n" }.joined(), to: "\(folder)/metrics.jsonl")
    }

    private func report(_ results: WrittenResults, metric: String? = nil) throws -> Report {
        try Report(try RunCollection([results.path]), title: "a <title> & more", metric: metric)
    }

    /// A small sweep: two ranks with two seeds, and one that was pruned.
    private func write(_ results: WrittenResults, name: String = "sweep") throws {
        for (rank, seed, f1) in [(4, 1, 0.5), (4, 2, 0.52), (16, 1, 0.6), (16, 2, 0.61)] {
            let settings: [String: JSON] = ["peft": ["r": .integer(rank), "bias": rank == 4 ? "none" : "all"]]
            let folder = try results.run(name, seed: seed, settings, metrics: ["f1": f1, "loss": 1 - f1]) {
                $0.plan = ["train_seconds": .init(planned: 10, actual: 20), "steps": .init(planned: 5, actual: 5)]
            }
            try log(folder, [3, 2, 1.5], evaluated: [0.3, f1])
        }
        let pruned = try results.run(
            name, seed: 1, ["peft": ["r": 64, "bias": "none"]], metrics: ["f1": 0.99], status: .pruned)
        try log(pruned, [3, 2.9])
    }

    @Test("One page that asks nobody for anything, with every picture")
    func whole() throws {
        try WrittenResults.with { results in
            try write(results)
            let html = try report(results).html
            #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">") && html.hasSuffix("</html>\n"))
            for word in ["http:", "https:", "<script", "url(", "@import", "src="] {
                #expect(!html.contains(word), "\(word)")
            }
            for picture in [
                "Loss in training", "eval_f1", "f1 by peft.r", "f1 by peft.bias", "Every finished run",
                "Actual divided by planned",
            ] {
                #expect(html.contains("<figcaption>\(picture)"), "\(picture)")
            }
            #expect(html.contains("5 runs: 4 finished, 1 pruned"))
            #expect(html.contains("<td class=\"unfinished\">pruned</td>"))
            #expect(html.contains("10.0 s → 20.0 s"))
            // The mean of the better group over its two seeds.
            #expect(html.contains("<td class=\"number best\">0.6050 ± 0.0635 ★</td>"))
            #expect(html.contains("class=\"curve ended\""), "a pruned run's curve is marked")
            #expect(try report(results).html == html)
        }
    }

    @Test("Every element that is opened is closed, in order")
    func wellFormed() throws {
        try WrittenResults.with { results in
            try write(results)
            var open: [Substring] = []
            for tag in try report(results).html.split(separator: "<").dropFirst() {
                let name = tag.prefix { $0.isLetter || $0.isNumber || $0 == "/" }
                if name.hasPrefix("/") {
                    #expect(open.popLast() == name.dropFirst())
                } else if !["meta", "link"].contains(name) {
                    open.append(name)
                }
            }
            #expect(open.isEmpty)
        }
    }

    @Test("What people wrote is shown and never becomes a tag")
    func escaped() throws {
        try WrittenResults.with { results in
            let bad = "<script>alert('\"&')</script>"
            for seed in [1, 2] {
                let name: JSON = seed == 1 ? .string(bad) : "b"
                let folder = try results.run(
                    "x\(seed)", seed: seed, ["peft": ["bias": name]], metrics: ["f1": 0.5, bad: 1])
                try log(folder, [1, 2])
            }
            try results.run("failed", status: .failed) { $0.error = bad }
            let html = try report(results).html
            #expect(
                !html.contains("<script") && html.contains("&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;"))
            #expect(html.contains("<h1>a &lt;title&gt; &amp; more</h1>"))
        }
    }

    @Test("Runs of other data stand in a part of their own; a metric may be chosen")
    func parts() throws {
        try WrittenResults.with { results in
            try write(results)
            try results.run("other", ["data": ["eval": "/d/dev.tsv"]], metrics: ["accuracy": 0.5])
            let html = try report(results, metric: "loss").html
            #expect(html.contains("<h2>SEQ_CLS on dev.tsv</h2>") && html.contains("<h2>SEQ_CLS, not scored</h2>"))
            #expect(html.contains("loss by peft.r") && !html.contains("f1 by peft.r"))
            let error = #expect(throws: RequestError.self) { try report(results, metric: "acuracy") }
            #expect(error?.suggestion == "accuracy")
        }
    }

    @Test("A damaged log is named, and the rest is there")
    func damaged() throws {
        try WrittenResults.with { results in
            try write(results)
            let folder = try results.run("broken", metrics: ["f1": 0.1])
            try AtomicFile.write("{\"step\": 1, \"loss\": 2}\n{\"step\": 2, \"lo", to: "\(folder)/metrics.jsonl")
            let report = try report(results)
            #expect(report.problems.count == 1)
            #expect(report.problems.first?.hasPrefix("\(folder)/metrics.jsonl:2:") == true)
            #expect(report.html.contains("<li>left out: ") && report.html.contains("Loss in training"))
        }
    }

    @Test func nothing() throws {
        try WrittenResults.with { results in
            #expect(throws: RequestError("there are no runs in 'a <title> & more'")) { try report(results) }
            try results.run("one")
            #expect(try report(results).html.contains("1 run: 1 finished"))
        }
    }
}

@Suite("Scales of charts")
struct ChartScaleTests {
    @Test func straight() {
        let scale = ChartScale([0, 10], from: 0, to: 110)
        #expect(!scale.isLogarithmic)
        #expect(isClose(scale.position(0), 5) && isClose(scale.position(10), 105))
        #expect(scale.ticks == [0, 2, 4, 6, 8, 10])
    }

    @Test func ofRatios() {
        let scale = ChartScale([1e-5, 1e-1], from: 0, to: 100)
        #expect(scale.isLogarithmic)
        #expect(isClose(scale.position(1e-3), 50))
        #expect(scale.ticks.map(ChartScale.label) == ["1e-5", "1e-4", "0.001", "0.01", "0.1"])
        #expect(!ChartScale([0, 1e6], from: 0, to: 1).isLogarithmic)
    }

    @Test(
        "One value, none, and equal ones have a place", arguments: [[], [3], [0, 0], [-2, -2], [1e-12]] as [[Double]])
    func degenerate(values: [Double]) {
        let scale = ChartScale(values, from: 10, to: 90)
        for value in values { #expect(10...90 ~= scale.position(value)) }
        #expect(scale.ticks.count < 12)
    }

    @Test(arguments: [(0.5, "0.5"), (12, "12"), (123_456, "123k"), (0.0005, "5e-4"), (-0.25, "-0.25"), (0, "0")])
    func labels(value: Double, text: String) {
        #expect(ChartScale.label(value) == text)
    }
}
