import Files
import Testing
import YAML

@testable import Results

@Suite("Finding the runs below folders")
struct RunCollectionTests {
    @Test("Runs at any depth, whatever became of them; what is hidden is passed over")
    func anyDepth() throws {
        try WrittenResults.with { results in
            try results.run("a")
            try results.run("b", status: .failed)
            try results.run("c", status: .pruned, folder: "from/another/machine/c")
            try results.run("d", folder: ".sweep/d")
            let collection = try RunCollection([results.path])
            #expect(collection.runs.map(\.record.name).sorted() == ["a", "b", "c"])
            #expect(collection.problems.isEmpty)
            #expect(try RunCollection(["\(results.path)/a/", "\(results.path)/b"]).runs.count == 2)
        }
    }

    @Test("What can not be used is named, and the others are there all the same")
    func damaged() throws {
        try WrittenResults.with { results in
            try results.run("fine")
            let broken = try results.run("broken")
            try AtomicFile.write("{\n  \"run_id\": ", to: "\(broken)/result.json")
            let bare = try results.run("bare")
            try Folder.remove("\(bare)/manifest.yaml")
            let half = try results.run("half")
            try Folder.remove("\(half)/result.json")
            let twice = try results.run("twice")
            try AtomicFile.write("seed: 1\nseed: 2\n", to: "\(twice)/manifest.yaml")
            try results.run("foreign", folder: "foreign/0123456789ab")
            let collection = try RunCollection([results.path])
            #expect(collection.runs.map(\.record.name) == ["fine"])
            for (problem, start) in zip(
                collection.problems,
                [
                    "there is no manifest.yaml beside '\(bare)/result.json'", "\(broken)/result.json:2:13: error: ",
                    "'\(results.path)/foreign/0123456789ab/result.json' is of run ",
                    "'\(half)' holds a manifest.yaml and no result.json", "\(twice)/manifest.yaml:2:1: error: ",
                ])
            {
                #expect(problem.hasPrefix(start), "\(problem)")
            }
            #expect(collection.problems.count == 5)
        }
    }

    @Test("A copy counts once; results of one run that disagree count not at all")
    func repeated() throws {
        try WrittenResults.with { results in
            try results.run("a", metrics: ["f1": 0.5])
            try results.run("a", metrics: ["f1": 0.5], folder: "copy") { $0.trainSeconds = 99 }
            try results.run("a", status: .interrupted, folder: "older")
            #expect(try RunCollection([results.path]).runs.map(\.record.trainSeconds) == [10])
            try results.run("a", metrics: ["f1": 0.6], folder: "other")
            let collection = try RunCollection([results.path])
            #expect(collection.runs.isEmpty)
            #expect(collection.problems.count == 1)
            #expect(collection.problems.first?.contains("say different things: '\(results.path)/a/") == true)
            #expect(collection.problems.first?.contains("'\(results.path)/other/result.json'") == true)
        }
    }

    @Test func whatIsNoFolder() throws {
        try WrittenResults.with { results in
            #expect(throws: RequestError("there is no folder '\(results.path)/x'")) {
                try RunCollection(["\(results.path)/x"])
            }
            let file = "\(try results.run("a"))/result.json"
            #expect(throws: RequestError("'\(file)' is a file; give a folder of results")) { try RunCollection([file]) }
        }
    }
}
