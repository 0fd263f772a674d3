import Files
import Foundation
import Testing

@testable import Results

/// Runs whose earlier attempts did not finish.
@Suite("Continued runs")
struct ContinuedRunTests {
    let id = RunID(manifest: "name: a\n", files: [:])

    @Test("Of the checkpoints the last two are kept, the newest first")
    func rotation() throws {
        try withTemporaryFolder { folder in
            let store = CheckpointStore("\(folder)/checkpoint")
            #expect(try store.files().isEmpty)
            for number in 1...12 { try store.write { try $0.add("number", "\(number)") } }
            #expect(try store.files() == [12, 11].map { "\(folder)/checkpoint/\($0).tar" })
            #expect(try store.files().map { try Archive($0).text("number") } == ["12", "11"])
            for name in ["x.tar", "-3.tar", "13.tar.part", "13"] {
                try AtomicFile.write("", to: "\(folder)/checkpoint/\(name)")
            }
            try store.write { try $0.add("number", "13") }
            #expect(try store.files().map { try Archive($0).text("number") } == ["13", "12"])
        }
    }

    @Test("A checkpoint that could not be written leaves those before it")
    func failedWrite() throws {
        struct Full: Error {}
        try withTemporaryFolder { folder in
            let store = CheckpointStore(folder)
            for number in 1...2 { try store.write { try $0.add("number", "\(number)") } }
            #expect(throws: Full.self) {
                try store.write { archive in
                    try archive.add("number", "3")
                    throw Full()
                }
            }
            #expect(try Folder.names(in: folder, includesHidden: true) == ["1.tar", "2.tar"])
        }
    }

    @Test("An attempt goes on with the checkpoint, the log as it was then, and the history")
    func goesOn() throws {
        try withTemporaryFolder { results in
            let folder = try RunFolder(results: results, name: "a", id: id)
            do {
                let run = try folder.start(manifest: "", RunRecord(id))
                for step in 1...3 { try run.log(MetricsLine(step: step, ["loss": 1])) }
                try run.checkpoints.write { try $0.add("x", "1") }
                try run.write(predictions: "{}\n")
                try AtomicFile.write("", to: "\(run.path)/checkpoint/.writing-1")
                try AtomicFile.write("", to: "\(run.path)/.writing-2")
            }
            let started = try #require(try folder.record()?.started)
            for (step, end) in [(2, false), (3, true)] {
                let run = try folder.start(manifest: "", RunRecord(id))
                #expect(try run.checkpoints.files().count == 1)
                #expect(try run.loggedText().isEmpty)
                #expect(
                    try Folder.names(in: run.path, includesHidden: true)
                        == ["checkpoint", "manifest.yaml", "metrics.jsonl", "result.json"])
                #expect(try Folder.names(in: "\(run.path)/checkpoint", includesHidden: true) == ["1.tar"])
                try run.goOn(from: step, metrics: "{\"step\":1}\n{\"step\":2}\n", RunRecord(id))
                try run.log(MetricsLine(step: 3, [:]))
                #expect(try run.loggedText() == "{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n")
                #expect(try folder.record()?.status == .running)
                if end { try run.finish(RunRecord(id)) } else { try run.interrupt(RunRecord(id)) }
                #expect(try folder.record()?.started == started)
            }
            #expect(try folder.finishedRecord()?.resumedFromSteps == [2, 3])
            #expect(!Folder.exists("\(folder.path)/checkpoint"))
        }
    }

    @Test("By force, and when no checkpoint can be used, nothing of earlier attempts stays")
    func startsOver() throws {
        try withTemporaryFolder { results in
            let folder = try RunFolder(results: results, name: "a", id: id)
            func attempt(isFresh: Bool, _ body: (ActiveRun) throws -> Void) throws {
                let run = try folder.start(manifest: "", RunRecord(id), isFresh: isFresh)
                try body(run)
                try run.interrupt(RunRecord(id))
            }
            try attempt(isFresh: false) { run in
                try run.checkpoints.write { try $0.add("x", "1") }
                try run.goOn(from: 7, metrics: "", RunRecord(id))
            }
            #expect(try folder.record()?.resumedFromSteps == [7])
            try attempt(isFresh: true) { run in
                let files = try run.checkpoints.files()
                #expect(files.isEmpty)
            }
            #expect(try folder.record()?.resumedFromSteps == [])
            try attempt(isFresh: false) { try $0.goOn(from: 7, metrics: "", RunRecord(id)) }
            try attempt(isFresh: false) { $0.startOver() }
            #expect(try folder.record()?.resumedFromSteps == [])
        }
    }

    @Test("Killed right after it had finished, a run is finished")
    func killedAtTheEnd() throws {
        try withTemporaryFolder { results in
            let folder = try RunFolder(results: results, name: "a", id: id)
            try folder.start(manifest: "", RunRecord(id)).finish(RunRecord(id))
            // Its process did not come to removing the checkpoint.
            try CheckpointStore("\(folder.path)/checkpoint").write { try $0.add("x", "1") }
            #expect(try folder.finishedRecord() != nil)
            folder.removeLeftOvers()
            #expect(!Folder.exists("\(folder.path)/checkpoint"))

            // A repetition that finished, and did not come to taking its place.
            var record = RunRecord(id)
            record.status = .finished
            try Folder.make(folder.repetitionPath)
            try AtomicFile.write(record.text, to: "\(folder.repetitionPath)/result.json")
            record.metrics = ["f1": 2]
            try folder.start(manifest: "", RunRecord(id), isFresh: true).finish(record)
            #expect(try folder.finishedRecord()?.metrics == ["f1": 2])
            #expect(try Folder.names(in: "\(results)/a", includesHidden: true) == [id.text])
        }
    }
}
