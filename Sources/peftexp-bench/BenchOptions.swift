/// What is measured, as the command line says.
struct BenchOptions {
    /// The experiment, and the values that replace some of it.
    var manifest = "experiments/squad-ptv2.yaml"
    var overrides: [String] = []
    /// A shell command that trains the same and ends its standard output with a line of JSON.
    var peer: String?
    var rounds = 3
    var startRounds = 5
    /// Training steps in a round.
    var steps = 30
    /// Whether only generation is measured.
    var isWritingOnly = false
    /// Where the report goes as JSON.
    var output: String?

    static let help = """
        peftexp-bench [MANIFEST] [key=value…] [options]

        Trains a few steps of an experiment, several times, and prints medians: real tokens per second, peak memory, useful
        operations against the machine's product rate measured in the same run, and the time until the first step.

        Options:
          --peer COMMAND  run this in turn; its last line of output must be a JSON object with
                          real_tokens_per_s and peak_rss_gb
          --rounds N      rounds of training (3)
          --starts N      rounds of start-up measurements (5)
          --steps N       training steps in a round (30)
          --writing       only the tokens that are generated in a second
          --out FILE      write the report as JSON too
        """

    /// Nil when help is asked for.
    init?(_ words: [String]) throws {
        var words = words[...]
        while let word = words.popFirst() {
            func value() throws -> String {
                guard let value = words.popFirst() else { throw BenchError("\(word) needs a value") }
                return value
            }
            func count() throws -> Int {
                let text = try value()
                guard let count = Int(text), (1...10_000).contains(count) else {
                    throw BenchError("\(word) must be a whole number from 1 to 10000, not '\(text)'")
                }
                return count
            }
            switch word {
            case "--help", "-h": return nil
            case "--peer": peer = try value()
            case "--rounds": rounds = try count()
            case "--starts": startRounds = try count()
            case "--steps": steps = try count()
            case "--writing": isWritingOnly = true
            case "--out": output = try value()
            case _ where word.hasPrefix("-"): throw BenchError("unknown option '\(word)'; see --help")
            case _ where word.contains("="): overrides.append(word)
            default: manifest = word
            }
        }
    }
}

/// Why nothing could be measured.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
