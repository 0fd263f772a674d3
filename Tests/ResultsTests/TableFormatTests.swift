import Files
import Testing
import YAML

@testable import Results

@Suite("Ways to write tables down, and to read them back")
struct TableFormatTests {
    private func table(_ results: WrittenResults, isGrouped: Bool = false) throws -> ResultTable {
        try results.run("a,b", seed: 1, ["note": "say \"x\"\n|", "r": 1], metrics: ["f1": 0.25]) {
            $0.trainSeconds = nil
        }
        try results.run("a,b", seed: 2, ["note": "say \"x\"\n|", "r": 1], metrics: ["f1": 0.75]) {
            $0.trainSeconds = nil
        }
        try results.run("c", seed: 1, ["note": "é", "r": 2], metrics: ["f1": 0.375]) { $0.trainSeconds = nil }
        var request = TableRequest()
        request.isGrouped = isGrouped
        request.columns = [isGrouped ? "runs" : "seed", "name", "note", "f1", "status"]
        return try ResultTable(try RunCollection([results.path]).runs, request)
    }

    @Test func csv() throws {
        try WrittenResults.with { results in
            let text = try table(results).csv
            #expect(
                text == """
                    seed,name,note,metrics.f1,status
                    2,"a,b","say ""x""
                    |",0.75,finished
                    1,c,é,0.375,finished
                    1,"a,b","say ""x""
                    |",0.25,finished

                    """)
        }
    }

    @Test func markdown() throws {
        try WrittenResults.with { results in
            let text = try table(results, isGrouped: true).markdown
            #expect(
                text == """
                    | n | name | note | f1 | status |
                    | --: | --- | --- | --: | --- |
                    | 2 | a,b | say "x" \\| | **0.5000 ± 3.1766** | finished |
                    | 1 | c | é | 0.3750 | finished |

                    """)
        }
    }

    @Test func json() throws {
        try WrittenResults.with { results in
            guard case .array(let rows) = try table(results, isGrouped: true).json, case .object(let first) = rows[0]
            else {
                Issue.record("no list of objects")
                return
            }
            #expect(first["runs"] == 2 && first["metrics.f1"] == 0.5 && first["best"] == ["f1"])
            #expect(isClose(first["metrics.f1.half_width"]?.double ?? 0, 3.1765511840436))  // t(0.975, 1) · 0.25
        }
    }

    @Test("A table that was written is read back as its runs, in either form", arguments: ["csv", "json"])
    func readBack(form: String) throws {
        try WrittenResults.with { results in
            let table = try table(results)
            let file = "\(results.path)/table.\(form)"
            try AtomicFile.write(form == "csv" ? table.csv : table.json.prettyText, to: file)
            let runs = try TableFile(file).runs
            #expect(runs.map(\.record.metrics) == [["f1": 0.75], ["f1": 0.375], ["f1": 0.25]])
            #expect(runs.map { $0.settings["note"] } == ["say \"x\"\n|", "é", "say \"x\"\n|"])
            #expect(runs.map(\.seed) == [2, 1, 1])
            #expect(RunGroup.groups(of: runs).map(\.runs.count) == [2, 1])
        }
    }

    @Test("Means that were written are samples again", arguments: ["csv", "json"])
    func readBackMeans(form: String) throws {
        try WrittenResults.with { results in
            let table = try table(results, isGrouped: true)
            let file = "\(results.path)/table.\(form)"
            try AtomicFile.write(form == "csv" ? table.csv : table.json.prettyText, to: file)
            let group = try #require(RunGroup.groups(of: try TableFile(file).runs).first)
            let sample = try #require(group.sample("f1"))
            #expect(sample.count == 2 && sample.mean == 0.5)
            let deviation = try #require(sample.deviation)
            #expect(isClose(deviation, 0.3535533905932738))
        }
    }

    @Test(
        "Damaged tables are refused where they are wrong",
        arguments: [
            ("t.csv", "a,metrics.f1\n1,2\n1\n", "t.csv:3:1: error: the row has 1 cells and the table 2 columns"),
            ("t.csv", "a,metrics.f1\n1,x\n", "t.csv:2:3: error: 'metrics.f1' must be a number"),
            ("t.csv", "a,metrics.f1\n\"1,x\n", "t.csv:2:1: error: the quote is not closed"),
            ("t.csv", "a,f1\n1,2\n", "no column of"), ("t.csv", "", "no column of"),
            ("t.csv", "metrics.f1,status\n1,done\n", "t.csv:2:3: error: 'done' is no status of a run"),
            ("t.json", "[{}, 1]", "t.json:1:6: error: a row of a table must be an object"),
            ("t.json", "{}", "is no table"), ("t.json", "[{\"metrics.f1\":", "t.json:1:"), ("t.txt", "x", "is neither"),
        ])
    func damaged(name: String, text: String, message: String) throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write(text, to: "\(folder)/\(name)")
            let error = #expect(throws: (any Error).self) { try TableFile("\(folder)/\(name)") }
            #expect(String(describing: error).contains(message), "\(String(describing: error))")
        }
    }
}
