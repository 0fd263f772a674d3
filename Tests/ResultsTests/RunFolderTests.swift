import Files
import Foundation
import Testing
import YAML

@testable import Results

@Suite("Run folders")
struct RunFolderTests {
    let id = RunID(manifest: "name: a\n", files: [:])

    private func contents(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    @Test func aRunFromStartToEnd() throws {
        try withTemporaryFolder { results in
            let folder = try RunFolder(results: results, name: "squad-ptv2", id: id)
            #expect(folder.path == "\(results)/squad-ptv2/\(id)")
            #expect(try folder.record() == nil)
            let run = try folder.start(manifest: "name: a\n", RunRecord(id))
            #expect(try folder.record()?.status == .running)
            #expect(try folder.finishedRecord() == nil)
            try run.log(MetricsLine(step: 1, loss: 2.5, learningRate: 5e-3))
            try run.log(MetricsLine(step: 1, ["eval_f1": 48.1]))
            try run.checkpoints.write { try $0.add("a", "b") }
            try run.write(predictions: "{}\n{}\n")
            var record = RunRecord(id)
            record.metrics = ["f1": 48.1]
            try run.finish(record)

            let finished = try #require(try folder.finishedRecord())
            #expect(finished.metrics == ["f1": 48.1])
            #expect(finished.started?.hasSuffix("Z") == true && finished.ended != nil)
            #expect(
                try contents(folder.path) == ["manifest.yaml", "metrics.jsonl", "predictions.jsonl", "result.json"])
            #expect(
                try FileContents.text(at: "\(folder.path)/metrics.jsonl")
                    == #"{"learning_rate":0.005,"loss":2.5,"step":1}"# + "\n" + #"{"eval_f1":48.1,"step":1}"# + "\n")
            #expect(
                try FileContents.text(at: "\(folder.path)/predictions.jsonl")
                    == "{}\n{}\n")
            #expect(try FileContents.text(at: "\(folder.path)/manifest.yaml") == "name: a\n")
        }
    }

    @Test func aFailureSaysWhyAndTheNextRunStartsAfresh() throws {
        try withTemporaryFolder { results in
            let folder = try RunFolder(results: results, name: "a", id: id)
            do {
                let run = try folder.start(manifest: "", RunRecord(id))
                try run.log(MetricsLine(step: 1, ["loss": .nan]))
                try run.write(predictions: "")
                run.fail(RunRecord(id), because: "no space left")
            }
            #expect(try folder.record()?.status == .failed)
            #expect(try folder.record()?.error == "no space left")
            #expect(try FileContents.text(at: "\(folder.path)/metrics.jsonl") == "{\"loss\":null,\"step\":1}\n")
            let again = try folder.start(manifest: "", RunRecord(id))
            #expect(try contents(folder.path) == ["manifest.yaml", "metrics.jsonl", "result.json"])
            #expect(try FileContents.text(at: "\(folder.path)/metrics.jsonl").isEmpty)
            try again.interrupt(RunRecord(id))
            #expect(try folder.record()?.status == .interrupted)
        }
    }

    @Test func aFinishedResultStaysUntilItsRepetitionHasFinished() throws {
        try withTemporaryFolder { results in
            let folder = try RunFolder(results: results, name: "a", id: id)
            func run(f1: Double, _ end: (ActiveRun, RunRecord) throws -> Void) throws {
                var record = RunRecord(id)
                record.metrics = ["f1": f1]
                try end(try folder.start(manifest: "", record), record)
            }
            try run(f1: 1) { try $0.finish($1) }
            try run(f1: 2) { $0.fail($1, because: "x") }
            try run(f1: 3) { try $0.interrupt($1) }
            #expect(try folder.finishedRecord()?.metrics == ["f1": 1])
            #expect(try Folder.names(in: "\(results)/a") == [id.text])
            try run(f1: 4) { try $0.finish($1) }
            #expect(try folder.finishedRecord()?.metrics == ["f1": 4])
            #expect(try contents("\(results)/a") == [id.text])
            // Killed between its end and taking its place.
            try FileManager.default.moveItem(atPath: folder.path, toPath: folder.repetitionPath)
            #expect(try folder.finishedRecord()?.metrics == ["f1": 4])
            #expect(try contents("\(results)/a") == [id.text])
        }
    }

    @Test func oneProcessAtATime() throws {
        try withTemporaryFolder { results in
            let folder = try RunFolder(results: results, name: "a", id: id)
            let run = try folder.start(manifest: "", RunRecord(id))
            #expect(throws: ResultError.inProgress(path: folder.path)) {
                try folder.start(manifest: "", RunRecord(id))
            }
            try run.finish(RunRecord(id))
        }
    }

    @Test func aDamagedOrForeignResultIsNamedAndKept() throws {
        try withTemporaryFolder { results in
            let folder = try RunFolder(results: results, name: "a", id: id)
            try Folder.make(folder.path)
            let file = "\(folder.path)/result.json"
            try AtomicFile.write("{\"status\": \"finished\", ", to: file)
            let error = #expect(throws: ResultError.self) { try folder.start(manifest: "", RunRecord(id)) }
            #expect(error?.description.hasPrefix("\(file):1:") == true)
            #expect(try contents(folder.path) == ["result.json"])

            let other = RunID(manifest: "other", files: [:])
            try AtomicFile.write(RunRecord(other).text, to: file)
            #expect(throws: ResultError.foreign(path: folder.path, found: other)) { try folder.record() }
        }
    }

    @Test func whatTheFileSystemRefusesIsNamed() throws {
        try withTemporaryFolder { results in
            try AtomicFile.write("", to: "\(results)/a")
            let folder = try RunFolder(results: results, name: "a", id: id)
            #expect(try folder.record() == nil)
            let error = #expect(throws: ResultError.self) { try folder.start(manifest: "", RunRecord(id)) }
            #expect(error?.description.hasPrefix("cannot make the folder '\(results)/a/") == true)
            let run = try RunFolder(results: results, name: "b", id: id).start(manifest: "", RunRecord(id))
            try Folder.remove("\(results)/b")
            #expect(throws: ResultError.self) { try run.finish(RunRecord(id)) }
            run.fail(RunRecord(id), because: "lost")
        }
    }

    @Test(arguments: ["squad-ptv2", "a", "v1.2_b", "中文", "é9"])
    func goodNames(name: String) {
        #expect(RunFolder.isValid(name: name))
    }

    @Test(arguments: [
        "", ".", "..", "../x", "a/b", "-x", ".x", "a b", "a\u{0}", "a\n", String(repeating: "x", count: 200),
    ])
    func badNames(name: String) {
        #expect(throws: ResultError.badName(name)) { try RunFolder(results: "results", name: name, id: id) }
    }
}
