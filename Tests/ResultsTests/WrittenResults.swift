import Files
import YAML

@testable import Results

/// Results as runs leave them, written by a test.
struct WrittenResults {
    /// The folder of all results.
    let path: String

    /// Writes a run and gives its folder.
    ///
    /// - Parameters:
    ///   - folder: below the results; the run's id unless given.
    ///   - settings: keys and values of the manifest, beside its name and seed.
    ///   - predictions: the lines, if there are any.
    @discardableResult
    func run(
        _ name: String, seed: Int = 11, _ settings: [String: JSON] = [:], metrics: [String: Double] = [:],
        status: RunRecord.Status = .finished, predictions: [JSON]? = nil, folder: String? = nil,
        _ change: (inout RunRecord) -> Void = { _ in }
    ) throws -> String {
        var manifest = "name: \(name)\nseed: \(seed)\n"
        for (key, value) in settings.sorted(by: { $0.key < $1.key }) { manifest += "\(key): \(value.compactText)\n" }
        let id = RunID(manifest: manifest, files: [:])
        var record = RunRecord(id)
        (record.name, record.task, record.status, record.metrics) = (name, "SEQ_CLS", status, metrics)
        record.trainSeconds = 10
        change(&record)
        let path = "\(path)/\(folder ?? "\(name)/\(id)")"
        try Folder.make(path)
        try AtomicFile.write(manifest, to: "\(path)/manifest.yaml")
        try AtomicFile.write(record.text, to: "\(path)/result.json")
        if let predictions {
            try AtomicFile.write(predictions.map { $0.compactText + "\n" }.joined(), to: "\(path)/predictions.jsonl")
        }
        return path
    }

    /// Predictions of classes, `pattern` with a `+` for each that is right.
    static func predictions(_ pattern: String, ids: [String]? = nil) -> [JSON] {
        pattern.enumerated().map { place, mark in
            let expected = place % 2
            var line: [String: JSON] = [
                "expected": .string("\(expected)"), "label": .string("\(mark == "+" ? expected : 1 - expected)"),
                "accuracy": .number(mark == "+" ? 1 : 0),
            ]
            line["id"] = ids.map { .string($0[place]) }
            return .object(line)
        }
    }

    /// The share of `+` in a pattern.
    static func accuracy(_ pattern: String) -> Double {
        Double(pattern.filter { $0 == "+" }.count) / Double(pattern.count)
    }

    /// Results that exist while `body` runs.
    static func with(_ body: (WrittenResults) throws -> Void) throws {
        try withTemporaryFolder { try body(WrittenResults(path: $0)) }
    }
}
