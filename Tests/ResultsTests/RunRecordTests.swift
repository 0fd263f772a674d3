import Files
import Testing
import YAML

@testable import Results

@Suite("Run records and ids")
struct RunRecordTests {
    private var full: RunRecord {
        var record = RunRecord(RunID(manifest: "a", files: [:]))
        record.status = .failed
        (record.name, record.task, record.method, record.backbone) = ("n", "QUESTION_ANS", "PREFIX_TUNING", "bert")
        record.metrics = ["exact_match": 33.8, "f1": 48.125]
        (record.trainableParameters, record.totalParameters, record.steps) = (73_728, 22_786_946, 240)
        (record.trainSeconds, record.tokensPerSecond, record.peakResidentBytes) = (1e-7, 2345.5, 1 << 34)
        (record.started, record.ended) = ("2026-01-31T23:59:59Z", "2026-02-01T00:00:00Z")
        record.resumedFromSteps = [20, 120]
        record.error = "a \"quoted\"\nerror"
        record.versions = ["peftexp": "0.1", "openblas": "0.3.21"]
        record.machine = Machine.current()
        record.hashes = ["data.train": SHA256.digest(of: "x").hex]
        record.plan = ["train_seconds": .init(planned: 12, actual: 13.5), "peak_rss_bytes": .init(planned: 1)]
        return record
    }

    @Test func roundTrip() throws {
        #expect(try RunRecord(full.text, file: "result.json") == full)
        let bare = RunRecord(RunID(manifest: "a", files: [:]))
        #expect(try RunRecord(bare.text, file: "result.json") == bare)
    }

    @Test func theNamesScriptsRelyOn() throws {
        let node = try JSONText.parse(full.text, file: "result.json")
        for key in [
            "status", "run_id", "metrics", "trainable_parameters", "total_parameters", "train_seconds",
            "tokens_per_second", "peak_rss_bytes", "steps",
        ] {
            #expect(node[key] != nil, "\(key)")
        }
        #expect(node["metrics"]?["f1"]?.number == 48.125)
    }

    @Test func keysAreSorted() throws {
        guard case .mapping(let pairs) = try JSONText.parse(full.text, file: "").content else { return }
        #expect(pairs.map(\.key) == pairs.map(\.key).sorted())
    }

    @Test("What is not finite is null, and read back as unknown")
    func notFinite() throws {
        var record = full
        (record.trainSeconds, record.tokensPerSecond) = (.nan, .infinity)
        record.metrics = ["f1": -.infinity, "exact_match": 1]
        let read = try RunRecord(record.text, file: "result.json")
        #expect(read.trainSeconds == nil && read.tokensPerSecond == nil)
        #expect(read.metrics == ["exact_match": 1])
    }

    @Test(
        "Wrong files are refused where they are wrong",
        arguments: [
            ("", "1:1"), ("[]", "1:1"), ("{}", "1:1"), (#"{"run_id": "../../etc/x", "status": "finished"}"#, "1:12"),
            (#"{"run_id": "0123456789ab"}"#, "1:1"), (#"{"run_id": "0123456789ab", "status": "done"}"#, "1:38"),
            (#"{"run_id": "0123456789ab", "status": "finished", "steps": 1.5}"#, "1:59"),
            (#"{"run_id": "0123456789ab", "status": "finished", "metrics": [1]}"#, "1:61"),
            (#"{"run_id": "0123456789ab", "status": "finished", "resumed_from_steps": [1, "a"]}"#, "1:76"),
            (#"{"run_id": "0123456789ab", "status": "finished", "resumed_from_steps": 3}"#, "1:72"),
            (#"{"run_id": "0123456789ab", "status": "finished", "machine": "x"}"#, "1:61"),
            (#"{"run_id": "0123456789ab", "status": "finished", "plan": {"a": 1}}"#, "1:64"),
        ])
    func refused(text: String, place: String) {
        let error = #expect(throws: TextError.self) { try RunRecord(text, file: "result.json") }
        #expect(error?.description.hasPrefix("result.json:\(place): error: ") == true, "\(String(describing: error))")
    }

    @Test func keysOfLaterVersionsArePassedOver() throws {
        let text = #"{"run_id": "0123456789ab", "status": "finished", "later": {"x": [1]}, "steps": null}"#
        #expect(try RunRecord(text, file: "r").steps == nil)
    }

    @Test func theIDIsMadeOfEverything() {
        let (a, b) = (SHA256.digest(of: "a"), SHA256.digest(of: "b"))
        let ids = [
            RunID(manifest: "m", files: ["x": a, "y": b]), RunID(manifest: "n", files: ["x": a, "y": b]),
            RunID(manifest: "m", files: ["x": b, "y": a]), RunID(manifest: "m", files: ["x": a]),
            RunID(manifest: "m", files: ["x": a, "z": b]), RunID(manifest: "m\(a)", files: [:]),
        ]
        #expect(Set(ids).count == ids.count)
        #expect(ids[0] == RunID(manifest: "m", files: ["y": b, "x": a]))
        #expect(RunID(ids[0].text) == ids[0])
        for wrong in ["", "0123456789a", "0123456789aB", "0123456789abc", "0123456789a/", "٠١٢٣٤٥"] {
            #expect(RunID(wrong) == nil)
        }
    }
}

@Suite("The machine")
struct MachineTests {
    @Test func readsWhatLinuxSays() {
        #expect(
            Machine.processorName(in: "processor\t: 0\nmodel name\t: Xeon: 2 GHz\nmodel name\t: other\n")
                == "Xeon: 2 GHz")
        #expect(Machine.processorName(in: "processor : 0\nBogoMIPS : 50") == nil)
        #expect(Machine.systemName(in: "NAME=x\nPRETTY_NAME=\"Debian 12\"\n") == "Debian 12")
        #expect(Machine.systemName(in: "") == nil)
        #expect(Machine.current().cores ?? 0 > 0)
    }

    @Test(
        arguments: [
            ("Name:\tx\nVmHWM:\t   12345 kB\n", 12_641_280), ("VmHWM:", nil), ("VmHWM: x kB", nil), ("", nil),
            ("VmHWM: 9223372036854775807 kB", nil),
        ] as [(String, Int?)])
    func peakMemory(text: String, expected: Int?) {
        #expect(ProcessMemory.peakResidentBytes(in: text) == expected)
    }

    @Test func peakMemoryOfThisProcess() {
        #expect(ProcessMemory.peakResidentBytes().map { $0 > 1_000_000 } ?? true)
    }
}
