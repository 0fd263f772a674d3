import Files
import Testing
import YAML

@testable import Results

@Suite("Tables of results")
struct ResultTableTests {
    /// Two methods with two and three seeds, and one run that was pruned.
    private func write(_ results: WrittenResults) throws {
        for (seed, f1) in [(11, 0.5), (12, 0.6)] {
            try results.run("a", seed: seed, ["peft": ["r": 8, "peft_type": "LORA"]], metrics: ["f1": f1])
        }
        for (seed, f1) in [(11, 0.7), (12, 0.8), (13, 0.9)] {
            try results.run(
                "b", seed: seed, ["peft": ["r": 16, "peft_type": "LORA"]], metrics: ["f1": f1, "loss": 1 - f1])
        }
        try results.run(
            "b", seed: 14, ["peft": ["r": 16, "peft_type": "LORA"]], metrics: ["f1": 0.99], status: .pruned
        ) {
            $0.stoppedBy = "asha"
        }
    }

    private func table(_ results: WrittenResults, _ change: (inout TableRequest) -> Void = { _ in }) throws
        -> ResultTable
    {
        var request = TableRequest()
        change(&request)
        return try ResultTable(try RunCollection([results.path]).runs, request)
    }

    /// The text without the column of ids.
    private func lines(_ table: ResultTable, width: Int? = nil) -> [[Substring]] {
        table.text(width: width).text.split(separator: "\n").map { $0.split(separator: " ") }
    }

    @Test("What differs, what came out, best first; a pruned run is marked and is not the best")
    func usual() throws {
        try WrittenResults.with { results in
            try write(results)
            let table = try table(results)
            #expect(
                table.columns.map(\.name) == [
                    "run_id", "name", "seed", "peft.r", "metrics.f1", "metrics.loss", "status", "stopped_by",
                    "trainable_parameters", "train_seconds",
                ])
            let lines = lines(table)
            #expect(lines[2].dropFirst() == ["b", "13", "16", "0.9000*", "0.1000*", "finished", "10.0", "s"])
            #expect(lines[7].dropFirst() == ["b", "14", "16", "0.9900", "pruned", "asha", "10.0", "s"])
            #expect(lines[2...].map { $0[2] } == ["13", "12", "11", "12", "11", "14"])
        }
    }

    @Test("Seeds of the same settings are one row: mean ± half the interval; what did not finish is not in the mean")
    func grouped() throws {
        try WrittenResults.with { results in
            try write(results)
            let lines = lines(try table(results) { $0.isGrouped = true })
            // t(0.975, 2) · 0.1 / √3 and t(0.975, 1) · 0.0707 / √2
            #expect(
                lines[2] == [
                    "3", "b", "16", "0.8000", "±", "0.2484*", "0.2000", "±", "0.2484", "finished", "10.0", "s",
                ])
            #expect(lines[3] == ["2", "a", "8", "0.5500", "±", "0.6353", "finished", "10.0", "s"])
            #expect(lines[4] == ["1", "b", "16", "0.9900", "pruned", "asha", "10.0", "s"])
        }
    }

    @Test("The same number with and without a point is one setting, and so is the same file elsewhere")
    func sameSettings() throws {
        try WrittenResults.with { results in
            for (seed, alpha, data) in [(1, "16", "/here/x"), (2, "16.0", "/there/x")] {
                let folder = try results.run("a", seed: seed, metrics: ["f1": 0.5], folder: "\(seed)") {
                    $0.hashes["data.eval"] = "00ff"
                }
                let manifest = "name: a\nseed: \(seed)\npeft: {lora_alpha: \(alpha)}\ndata: {eval: \(data)}\n"
                try AtomicFile.write(manifest, to: "\(folder)/manifest.yaml")
            }
            let table = try table(results) { $0.isGrouped = true }
            #expect(table.rows.count == 1)
            #expect(table.columns.map(\.name).contains { $0.hasPrefix("peft") || $0.hasPrefix("data") } == false)
        }
    }

    @Test(
        "Conditions",
        arguments: [
            ("peft.r=16", 4), ("peft.r==16.0", 4), ("r!=16", 2), ("f1>0.7", 3), ("f1>=0.7", 4), ("metrics.f1<0.6", 1),
            ("f1 <= 0.6", 2), ("status=pruned", 1), ("stopped_by=null", 5), ("peft.peft_type='LORA'", 6), ("loss<9", 3),
            ("name=c", 0),
        ])
    func conditions(text: String, count: Int) throws {
        try WrittenResults.with { results in
            try write(results)
            #expect(try table(results) { $0.conditions = [text] }.rows.count == count)
            #expect(try table(results) { $0.conditions = [text, "seed=11"] }.rows.count <= count)
        }
    }

    @Test(
        "What is not there is said, with what was perhaps meant",
        arguments: [
            ("peft.ranc", "there is no key, metric or figure 'peft.ranc' in these runs; did you mean 'peft.r'?"),
            ("peft_typ", "there is no key, metric or figure 'peft_typ' in these runs; did you mean 'peft_type'?"),
            ("metrics.f2", "there is no key, metric or figure 'metrics.f2' in these runs; did you mean 'metrics.f1'?"),
            ("zzzz", "there is no key, metric or figure 'zzzz' in these runs"),
            ("losss", "there is no key, metric or figure 'losss' in these runs; did you mean 'loss'?"),
        ])
    func unknown(name: String, message: String) throws {
        try WrittenResults.with { results in
            try write(results)
            for change: (inout TableRequest) -> Void in [
                { $0.columns = [name] }, { $0.order = "-\(name)" }, { $0.conditions = ["\(name)=1"] },
            ] {
                let error = #expect(throws: RequestError.self) { try table(results, change) }
                #expect(error?.description == message)
            }
        }
    }

    @Test(arguments: ["f1", "f1<x", "=1"])
    func noCondition(text: String) throws {
        try WrittenResults.with { results in
            try write(results)
            #expect(throws: RequestError.self) { try table(results) { $0.conditions = [text] } }
        }
    }

    @Test("Columns by their names, by the end of a name, and by words for several")
    func columns() throws {
        try WrittenResults.with { results in
            try write(results)
            let table = try table(results) { $0.columns = ["r", "path", "metrics", "f1", "train_seconds"] }
            #expect(table.columns.map(\.name) == ["peft.r", "path", "metrics.f1", "metrics.loss", "train_seconds"])
            let all = try self.table(results) { $0.columns = ["all"] }.columns.map(\.name)
            #expect(all.contains("peft.peft_type") && all.contains("status") && Set(all).count == all.count)
        }
    }

    @Test("Sorted by a column: metrics best first, others from small to large, what is missing last")
    func order() throws {
        try WrittenResults.with { results in
            try write(results)
            func column(_ name: String, by order: String) throws -> [String] {
                let table = try table(results) { ($0.columns, $0.order) = ([name], order) }
                return table.rows.map { table.cells($0)[0].text(table.columns[0]) }
            }
            #expect(try column("loss", by: "loss") == ["0.1000", "0.2000", "0.3000", "", "", ""])
            #expect(try column("loss", by: "-loss") == ["0.3000", "0.2000", "0.1000", "", "", ""])
            #expect(try column("seed", by: "seed") == ["11", "11", "12", "12", "13", "14"])
            #expect(try column("name", by: "-name") == ["b", "b", "b", "b", "a", "a"])
            #expect(try column("f1", by: "f1").first == "0.9900")
        }
    }

    @Test("In a narrow terminal columns go, metrics last, and no line is longer", arguments: [40, 50, 66, 80])
    func narrow(width: Int) throws {
        try WrittenResults.with { results in
            try write(results)
            let (text, leftOut) = try table(results).text(width: width)
            #expect(text.split(separator: "\n").allSatisfy { DisplayWidth.of(String($0)) <= width }, "\(text)")
            #expect(!leftOut.isEmpty && leftOut.contains("loss") == (width <= 50), "\(leftOut)")
            #expect(text.contains(" f1 ") && text.contains(" status "))
            #expect(try table(results).text(width: nil).leftOut.isEmpty)
        }
    }

    @Test("Keys that only some methods have, with one value, are left out, but for those that alone tell runs apart")
    func tellingKeys() throws {
        try WrittenResults.with { results in
            let methods: [[String: JSON]] = [
                ["peft_type": "LORA", "r": 8], ["peft_type": "IA3", "fan_in_fan_out": false],
                ["0": ["peft_type": "LORA"], "1": ["peft_type": "BITFIT"]], ["0": ["peft_type": "LORA"]],
            ]
            for (place, method) in methods.enumerated() {
                try results.run("a", ["peft": .object(method)], metrics: ["f1": 0.5], folder: "\(place)")
            }
            let columns = try table(results).columns.filter { $0.source == .setting }.map(\.name)
            #expect(columns == ["peft.1.peft_type", "peft.peft_type"])
            #expect(lines(try table(results))[0].contains("peft.1.peft_type"), "both end in the same word")
        }
    }

    @Test("Titles are the last words of keys, and columns can be asked for by them")
    func titles() throws {
        try WrittenResults.with { results in
            try write(results)
            #expect(
                lines(try table(results))[0] == [
                    "run", "name", "seed", "r", "f1", "loss", "status", "stopped_by", "trained", "time",
                ])
            let asked = try table(results) { $0.columns = ["run", "n", "trained", "time", "memory"] }
            #expect(
                asked.columns.map(\.name) == [
                    "run_id", "runs", "trainable_parameters", "train_seconds", "peak_rss_bytes",
                ])
        }
    }

    @Test("The best are those of the same data")
    func bestOfTheSame() throws {
        try WrittenResults.with { results in
            for (name, f1, data) in [("a", 0.5, "x"), ("b", 0.6, "x"), ("c", 60, "y"), ("d", 70, "y"), ("e", 99, "z")] {
                try results.run(name, metrics: ["f1": f1]) { $0.hashes["data.eval"] = data }
                    .appending("/manifest.yaml").write("name: \(name)\ndata: {eval: e}\n")
            }
            let table = try table(results)
            #expect(
                Set(table.rows.filter { !$0.best.isEmpty }.compactMap { $0.group.runs.first?.record.name }) == [
                    "b", "d",
                ])
        }
    }
}

extension String {
    /// Writes `text` to the file at this path.
    fileprivate func write(_ text: String) throws { try AtomicFile.write(text, to: self) }
}
