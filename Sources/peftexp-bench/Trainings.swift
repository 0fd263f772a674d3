import Files
import Foundation
import Results
import YAML

/// One short training and what it came to.
struct Training {
    /// Real tokens of training steps over their time.
    let tokensPerSecond: Double
    /// The most memory that the process held.
    let peakBytes: Double
    /// Operations of products per second of training, and of the machine's products alone; only for our own.
    var usefulRate: Double?
    var productRate: Double?
}

/// The program beside this one.
struct Peftexp {
    private let program: String
    private let options: BenchOptions
    private let results: String

    init(_ options: BenchOptions) throws {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        program = own.deletingLastPathComponent().appending(path: "peftexp").path
        guard FileContents.exists(program) else { throw BenchError("there is no \(program); build the whole package") }
        self.options = options
        results = FileManager.default.temporaryDirectory.appending(path: "bench-results-\(UUID().uuidString)").path
    }

    func removeResults() { try? Folder.remove(results) }

    /// Fills the caches, so that what is measured is a second start.
    func warmUp() throws { _ = try run("plan", []) }

    /// From the start of a command to its end.
    func seconds(of command: String) throws -> Double { try run(command, []).seconds }

    /// A run of a single step: when, counted from the start of the process, the step begins and the process has ended.
    func firstStep() throws -> (begins: Double, ends: Double) {
        let (record, seconds) = try record(steps: 1)
        return (seconds - (record.trainSeconds ?? 0), seconds)
    }

    func train(productRate: Double) throws -> Training {
        let record = try record(steps: options.steps).record
        guard let rate = record.tokensPerSecond, let peak = record.peakResidentBytes,
            let operations = record.plan["operations"]?.actual, let tokens = record.plan["train_tokens"]?.actual
        else { throw BenchError("the result of a training of \(options.steps) steps lacks figures; use more steps") }
        return Training(
            tokensPerSecond: rate, peakBytes: Double(peak), usefulRate: operations / tokens * rate,
            productRate: productRate)
    }

    private func record(steps: Int) throws -> (record: RunRecord, seconds: Double) {
        let child = try run("run", ["--force", "--json", "--results", results, "train.max_steps=\(steps)"])
        return (try RunRecord(child.output, file: "standard output"), child.seconds)
    }

    private func run(_ command: String, _ more: [String]) throws -> Child {
        try Child(program, [command, options.manifest] + options.overrides + ["data.eval=null"] + more)
    }
}

/// Another program that does the same job.
enum Peer {
    /// Runs a shell command that ends its output with a line of JSON.
    static func train(_ command: String) throws -> Training {
        let output = try Child("/bin/sh", ["-c", command]).output
        let line = output.split(separator: "\n").last.map(String.init) ?? ""
        let node = try JSONText.parse(line, file: "last line of the peer")
        guard let rate = node["real_tokens_per_s"]?.number, let peak = node["peak_rss_gb"]?.number else {
            throw BenchError("the peer's last line has no real_tokens_per_s and peak_rss_gb: \(line)")
        }
        return Training(tokensPerSecond: rate, peakBytes: peak * 1e9)
    }
}
