import Foundation
import YAML

/// The same work in PyTorch, transformers and PEFT.
struct Peer {
    private let python: String
    private let script: String
    private let threads: Int
    /// Of its libraries.
    let versions: [String: String]

    /// - Throws: why there is no peer.
    init(python: String, script: String, threads: Int) throws {
        (self.python, self.script, self.threads) = (python, script, threads)
        let node = try Self.answer(python, [script, "versions"])
        var versions: [String: String] = [:]
        for name in ["python", "torch", "transformers", "peft"] { versions[name] = node[name]?.string }
        self.versions = versions
    }

    /// What the peer measured of a job.
    func measure(_ job: String, _ settings: [String: JSON]) throws -> [Measure: Double] {
        let node = try answer(job, settings)
        var measured: [Measure: Double] = [:]
        for measure in Measure.allCases { measured[measure] = node[measure.rawValue]?.number }
        return measured
    }

    /// Operations per second of its products.
    func productRates() throws -> [Precision: Double] {
        let node = try answer("products", [:])
        var rates: [Precision: Double] = [:]
        for precision in Precision.allCases { rates[precision] = node[precision.rawValue]?.number }
        return rates
    }

    private func answer(_ job: String, _ settings: [String: JSON]) throws -> Node {
        let settings = settings.merging(["threads": .integer(threads)]) { own, _ in own }
        return try Self.answer(python, [script, job, JSON.object(settings).compactText])
    }

    private static func answer(_ python: String, _ words: [String]) throws -> Node {
        let output = try Child("/usr/bin/env", [python] + words).output
        let line = output.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
        return try JSONText.parse(line, file: "last line of \(words[0])")
    }
}
