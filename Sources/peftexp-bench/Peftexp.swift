import Files
import Foundation
import Results
import YAML

/// The program, as its user runs it.
struct Peftexp {
    let program: String
    let threads: Int
    /// Where its results go until they are read.
    let results: String

    /// Fills the caches, so that what is measured is a second start.
    func warmUp(_ manifest: String) throws { _ = try Child(program, ["plan", manifest, "--threads", "\(threads)"]) }

    /// Why the program does not do what the manifest says; nil when it does.
    func refusal(_ manifest: String, _ overrides: [String]) throws -> String? {
        do { _ = try Child(program, ["validate", manifest] + overrides) } catch let failure as Child.Failure {
            guard failure.status == 2 else { throw failure }
            let lines = failure.talk.split(whereSeparator: \.isNewline)
            return (lines.first { $0.contains("error: ") } ?? lines.first).map(Self.message) ?? "it is refused"
        }
        return nil
    }

    /// A run, and the process that did it.
    func run(_ manifest: String, _ overrides: [String]) throws -> (record: RunRecord, child: Child) {
        defer { try? Folder.remove(results) }
        let words = ["run", manifest, "--force", "--json", "--results", results, "--threads", "\(threads)"]
        let child = try Child(program, words + overrides, waitingFor: "step 1/")
        return (try RunRecord(child.output, file: "standard output of \(program)"), child)
    }

    /// A message without the place that it begins with.
    private static func message(_ line: Substring) -> String {
        String(line.range(of: "error: ").map { line[$0.upperBound...] } ?? line)
    }
}
