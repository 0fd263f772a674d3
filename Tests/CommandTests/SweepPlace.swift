import Files
import Foundation
import Testing
import YAML

extension Workplace {
    /// The tiny experiment with a `sweep` section, as `sweep.yaml`; a section in one line.
    func writeSweep(_ section: String, _ changes: KeyValuePairs<String, String> = [:]) throws {
        try write(try text("tiny.yaml") + "sweep: \(section)\n", to: "sweep.yaml")
        try edit("sweep.yaml", changes)
    }

    /// The run folders of the experiment, by the ids of their runs.
    func runs(in results: String = "results") -> [String] {
        ((try? Folder.names(in: file("\(results)/tiny"))) ?? []).sorted()
    }

    /// How often trials have been taken.
    var claimCount: Int {
        let claims = file("results/tiny/.sweep/claims")
        return ((try? Folder.names(in: claims)) ?? []).reduce(0) { count, trial in
            count + ((try? Folder.names(in: "\(claims)/\(trial)")) ?? []).count
        }
    }

    /// Everything that runs of one manifest have in common, whenever and wherever they were run.
    func timelessResults(in results: String) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for run in runs(in: results) {
            let folder = "\(results)/tiny/\(run)"
            for name in try Folder.names(in: file("\(folder)/adapter")) {
                files["\(run)/\(name)"] = try data("\(folder)/adapter/\(name)")
            }
            files["\(run)/predictions"] = try data("\(folder)/predictions.jsonl")
            let record = try json("\(folder)/result.json")
            let metrics = try #require(record["metrics"])
            files["\(run)/record"] = Data("\(record["status"]?.string ?? "") \(JSON(metrics).compactText)".utf8)
            let lines = try jsonLines("\(folder)/metrics.jsonl").map { line in
                ["step", "loss", "learning_rate", "gradient_norm", "eval_f1"].map { line[$0]?.number ?? -1 }
            }
            files["\(run)/metrics"] = Data("\(lines)".utf8)
        }
        return files
    }

    /// The records of the runs that have finished, as they stand.
    func finishedRecords(in results: String) -> [String: String] {
        var records: [String: String] = [:]
        for run in runs(in: results) {
            let file = "\(results)/tiny/\(run)/result.json"
            guard let text = try? text(file), let record = try? JSONText.parse(text, file: file) else { continue }
            if record["status"]?.string == "finished" { records[run] = text }
        }
        return records
    }
}

/// Processes that others have started.
enum ProcessTree {
    /// The children of a process.
    static func children(of parent: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { pid in
            guard let stat = try? FileContents.text(at: "/proc/\(pid)/stat"), let name = stat.lastIndex(of: ")") else {
                return false
            }
            let fields = stat[stat.index(after: name)...].split(separator: " ")
            return fields.count > 1 && Int32(fields[1]) == parent
        }
    }
}
