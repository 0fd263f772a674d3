import Files
import YAML

/// What a run has logged in `metrics.jsonl`, by name over steps.
struct MetricsLog {
    /// Step and value, in the order of the file.
    private(set) var series: [String: [(step: Double, value: Double)]] = [:]
    /// What of the file can not be read.
    private(set) var problem: String?

    /// Reads the log of the run in `folder`; a run that has none, or was killed while it wrote a line, is none the worse for it.
    init(_ folder: String) {
        let file = "\(folder)/metrics.jsonl"
        guard FileContents.exists(file) else { return }
        do {
            let bytes = try FileContents.data(at: file)
            for (place, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .enumerated()
            where !line.isEmpty {
                try read(try JSONText.parse(line, file: file, line: place + 1))
            }
        } catch {
            problem = "\(error)"
        }
    }

    private mutating func read(_ line: Node) throws(TextError) {
        let step = try line.figure("step")
        guard case .mapping(let pairs) = line.content else { return }
        for pair in pairs where pair.key != "step" {
            if let value = pair.value.number { series[pair.key, default: []].append((step, value)) }
        }
    }
}
