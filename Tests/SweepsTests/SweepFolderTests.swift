import Configuration
import Files
import Foundation
import Testing

@testable import Sweeps

@Suite("A sweep's folder")
struct SweepFolderTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "sweep-\(UUID().uuidString)").path
        defer { try? Folder.remove(path) }
        try body(path)
    }

    private func record(_ ids: [String], rule: String? = nil) throws -> SweepRecord {
        var diagnostics = Diagnostics()
        let settings = try SweepText.settings(rule.map { "early_stopping: \($0)" } ?? "{}", &diagnostics)
        var record = SweepRecord(
            name: "e", manifest: "e.yaml", trials: ids.map { .init(id: $0, title: "t \($0)", overrides: ["a=\($0)"]) },
            retries: 2, timeLimit: 1.5, earlyStopping: settings.earlyStopping)
        record.trials[0].peakBytes = 5
        record.trials[0].seconds = 0.5
        record.trials[0].steps = 7
        return record
    }

    @Test func whatIsWrittenIsRead() throws {
        try withFolder { path in
            let record = try record(["1", "2"], rule: "{strategy: asha, reduction_factor: 4}")
            let folder = SweepFolder(results: path, name: "e", id: record.id)
            try folder.write(record, manifests: ["1": "seed: 1\n"])
            #expect(try folder.record() == record)
            #expect(folder.results == path)
            #expect(try FileContents.text(at: folder.manifestPath("1")) == "seed: 1\n")
            #expect(try SweepFolder(existing: "\(path)/e") == folder)
            #expect(try SweepFolder(existing: folder.path) == folder)
        }
    }

    @Test func sweepsAreToldApartByTheirTrialsAndRule() throws {
        let ids = try [
            record(["1", "2"]), record(["2", "1"]), record(["1"]), record(["1", "2"], rule: "{strategy: asha}"),
            record(["1", "2"], rule: "{strategy: asha, reduction_factor: 4}"),
        ].map(\.id)
        #expect(Set(ids).count == 5)
        var other = try record(["1", "2"])
        other.retries = 0
        #expect(other.id == ids[0], "how often something is tried again makes no other sweep")
    }

    @Test func whatIsNoSweepIsNamed() throws {
        try withFolder { path in
            #expect(throws: SweepError("there is no folder '\(path)'")) { try SweepFolder(existing: path) }
            try Folder.make(path)
            #expect(throws: SweepError.self) { try SweepFolder(existing: path) }
            for ids in [["1"], ["2"]] {
                let record = try record(ids)
                try SweepFolder(results: path, name: "e", id: record.id).write(record, manifests: [:])
            }
            let error = #expect(throws: SweepError.self) { try SweepFolder(existing: "\(path)/e") }
            #expect(error?.description.hasPrefix("'\(path)/e' holds 2 sweeps; give one of \(path)/e/.sweep/") == true)
        }
    }

    @Test(arguments: ["", "{}", "{\"name\": \"e\", \"trials\": [{}]}", "[1", "{\"name\": 3, \"trials\": 4}"])
    func aDamagedDescriptionIsAnError(text: String) throws {
        #expect(throws: (any Error).self) { try SweepRecord(text, file: "sweep.json") }
    }

    @Test func failuresAreKeptInOrderAndForgotten() throws {
        try withFolder { path in
            let folder = SweepFolder(results: path, name: "e", id: "0")
            #expect(try folder.failures(of: "t").isEmpty)
            let failures = [Failure("first", log: "a\nb"), Failure("last", isFinal: true)]
            try folder.add(failures[1], of: "t", generation: 10)
            try folder.add(failures[0], of: "t", generation: 2)
            #expect(try folder.failures(of: "t") == failures)
            try folder.forgetFailures(of: "t")
            #expect(try folder.failures(of: "t").isEmpty)
            #expect(Failure("{half").message == "its record cannot be read")
        }
    }
}
