import Files
import Foundation
import Results
import YAML

/// Measures the program as its user runs it, in turn with PyTorch, transformers and PEFT doing the same where they are installed.
@main struct Bench {
    static func main() {
        do {
            switch try BenchOptions.parse(Array(CommandLine.arguments.dropFirst()), known: BenchCase.all.map(\.name)) {
            case .help: print(help)
            case .measure(let options): exit(try measure(options) ? 0 : 1)
            }
        } catch {
            talk("peftexp-bench: error: \(error)\n")
            exit((error as? BenchError)?.isUsage == true ? 2 : 1)
        }
    }

    /// Measures, prints and writes; false where something of ours failed.
    private static func measure(_ options: BenchOptions) throws -> Bool {
        let place = try BenchPlace(options)
        let threads = options.threads ?? Processors.count
        let (peer, aboutPeer) = peer(options, place, threads)
        let circumstances = Circumstances(options, threads: threads, peer: aboutPeer)
        var session = BenchSession(place, options, peer, threads: threads)
        try session.run()
        let report = BenchReport(circumstances: circumstances.all, cases: session.records)
        print(options.isJSON ? report.json.prettyText : report.text, terminator: "")
        if let name = options.name {
            let path = "results/benchmarks/\(name)"
            try Folder.make("results/benchmarks")
            try AtomicFile.write(report.json.prettyText, to: "\(path).json")
            try AtomicFile.write("# Benchmark\n\n\(report.markdown)", to: "\(path).md")
            talk("written: \(path).json and \(path).md\n")
        }
        return !session.hasFailed
    }

    /// The peer, and what is told of it.
    private static func peer(_ options: BenchOptions, _ place: BenchPlace, _ threads: Int) -> (Peer?, String) {
        guard let python = options.python else { return (nil, "none was asked for") }
        guard FileContents.exists(place.script) else {
            return (nil, "none: there is no \(place.script); start the benchmark in the top folder of the project")
        }
        do {
            let peer = try Peer(python: python, script: place.script, threads: threads)
            let versions = peer.versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            return (peer, versions.joined(separator: ", "))
        } catch {
            let reason =
                "none: '\(python)' has no PyTorch, transformers and PEFT (\(error)); "
                + "install them ('pip install torch transformers peft'), or name another Python with --python"
            talk("peer: \(reason)\n")
            return (nil, reason)
        }
    }

    static func talk(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    private static var help: String {
        """
        peftexp-bench [options]

        Measures the program and, where a Python with PyTorch, transformers and PEFT is found, the same work there, in turn. The
        report goes to standard output; that of all cases also to results/benchmarks/\(BenchOptions.defaultName).json and .md.

        Options:
          --cases A,B    only these
          --rounds N     how often each has its turn (3)
          --steps N      measured training steps of a turn (each case has its own number)
          --quick        one round of two steps, to see that all works; no result
          --threads N    threads of both sides (all cores)
          --python PATH  the interpreter that has the peer's libraries (python3)
          --no-peer      measure the program alone
          --compile      the peer's trainings through torch.compile too; that takes minutes
          --data DIR     folder of squad/train.json, sst2/train.tsv, text/wikitext2-test.txt, tokenizers/gpt2; before
                         $PEFTEXP_SHARED/data and experiments/data
          --models DIR   folder of all-MiniLM-L6-v2; before models and $PEFTEXP_SHARED/models
          --name NAME    write results/benchmarks/NAME.json and NAME.md, also of some cases or of a quick look
          --json         JSON on standard output
          --help         show this text

        Cases:

        """
            + BenchCase.all.map { "  \($0.name.padding(toLength: 21, withPad: " ", startingAt: 0))\($0.title)" }
            .joined(separator: "\n")
    }
}
