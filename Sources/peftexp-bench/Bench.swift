import Experiment
import Files
import Foundation
import Results
import YAML

/// Measures the program as its user runs it, in turn with another program that does the same job if one is given.
@main struct Bench {
    static func main() {
        do {
            guard let options = try BenchOptions(Array(CommandLine.arguments.dropFirst())) else {
                print(BenchOptions.help)
                return
            }
            let report = try measure(options)
            print(report.text)
            if let path = options.output { try AtomicFile.write(report.json.prettyText, to: path) }
        } catch {
            FileHandle.standardError.write(Data("peftexp-bench: error: \(error)\n".utf8))
            exit(1)
        }
    }

    /// Start-up first, then rounds of training, each beside the other program and between two looks at the product rate.
    private static func measure(_ options: BenchOptions) throws -> BenchReport {
        if options.isWritingOnly {
            var report = BenchReport(options)
            try measureWriting(options, &report)
            return report
        }
        let program = try Peftexp(options)
        defer { program.removeResults() }
        var report = BenchReport(options)
        try program.warmUp()
        for _ in 0..<options.startRounds {
            report.validateSeconds.append(try program.seconds(of: "validate"))
            report.planSeconds.append(try program.seconds(of: "plan"))
            let start = try program.firstStep()
            report.firstStepBegins.append(start.begins)
            report.firstStepEnds.append(start.ends)
        }
        try measureWriting(options, &report)
        for round in 0..<options.rounds {
            talk("round \(round + 1) of \(options.rounds)\n")
            let before = ProductProbe.measure()
            report.ours.append(try program.train(productRate: max(before, ProductProbe.measure())))
            if let peer = options.peer { report.peer.append(try Peer.train(peer)) }
        }
        return report
    }

    /// Texts that networks with random weights write, after one that brings the weights into memory.
    private static func measureWriting(_ options: BenchOptions, _ report: inout BenchReport) throws {
        for model in try WritingModel.all() {
            _ = try model.tokensPerSecond()
            for (what, texts) in [("written tokens/s", 1), ("written tokens/s, 8 texts at a time", 8)] {
                talk("\(what), \(model.name)\n")
                let rates = try (0..<options.rounds).map { _ in try model.tokensPerSecond(texts: texts) }
                report.written.append(("\(what), \(model.name)", rates))
            }
        }
    }

    static func talk(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
