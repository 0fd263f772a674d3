/// What is measured, as the command line says.
package struct BenchOptions: Equatable {
    /// The cases; nil for all.
    package var cases: [String]?
    /// How often each entrant has its turn.
    package var rounds = 3
    /// Measured training steps of a turn; nil leaves it to the case.
    package var steps: Int?
    /// Whether a look is enough: one round of few steps.
    package var isQuick = false
    /// Whether the report goes to standard output as JSON.
    package var isJSON = false
    /// The name of the files in `results/benchmarks`; nil writes none.
    package var name: String?
    /// Threads of both sides; nil for all cores.
    package var threads: Int?
    /// The interpreter that has PyTorch, transformers and PEFT; nil for no peer.
    package var python: String? = "python3"
    /// Whether the peer's trainings are compiled by PyTorch too.
    package var isCompiling = false
    /// Folders of data and of models that go before the usual ones.
    package var data: String?
    package var models: String?

    /// What the command line holds.
    package enum Request: Equatable {
        case help
        case measure(BenchOptions)
    }

    /// The defaults.
    package init() {}

    /// - Parameter known: the names of all cases.
    package static func parse(_ words: [String], known: [String]) throws(BenchError) -> Request {
        var options = BenchOptions()
        var (words, isNamed) = (words[...], false)
        options.name = defaultName
        while let word = words.popFirst() {
            switch word {
            case "--help", "-h": return .help
            case "--cases": options.cases = try names(value(of: word, &words), known)
            case "--rounds": options.rounds = try count(word, &words, 1...100)
            case "--steps": options.steps = try count(word, &words, 1...10_000)
            case "--threads": options.threads = try count(word, &words, 1...1024)
            case "--quick": options.isQuick = true
            case "--json": options.isJSON = true
            case "--compile": options.isCompiling = true
            case "--no-peer": options.python = nil
            case "--python": options.python = try value(of: word, &words)
            case "--data": options.data = try value(of: word, &words)
            case "--models": options.models = try value(of: word, &words)
            case "--name":
                (options.name, isNamed) = (try fileName(value(of: word, &words)), true)
            default: throw BenchError("unknown option '\(word)'; see --help", isUsage: true)
            }
        }
        if options.isQuick { options.rounds = 1 }
        // What is measured in part or in haste does not take the place of the whole.
        if !isNamed, options.isQuick || options.cases != nil { options.name = nil }
        return .measure(options)
    }

    /// The name of the files unless one is given.
    static let defaultName = "bench"

    private static func value(of option: String, _ words: inout ArraySlice<String>) throws(BenchError) -> String {
        guard let value = words.popFirst(), !value.isEmpty else {
            throw BenchError("\(option) needs a value; see --help", isUsage: true)
        }
        return value
    }

    private static func count(
        _ option: String, _ words: inout ArraySlice<String>, _ range: ClosedRange<Int>
    ) throws(BenchError) -> Int {
        let text = try value(of: option, &words)
        guard let count = Int(text), range.contains(count) else {
            throw BenchError(
                "\(option) must be a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text)'",
                isUsage: true)
        }
        return count
    }

    private static func names(_ text: String, _ known: [String]) throws(BenchError) -> [String] {
        let names = text.split(separator: ",").map(String.init)
        if let stranger = names.first(where: { !known.contains($0) }) {
            throw BenchError(
                "there is no case '\(stranger)'; there are \(known.joined(separator: ", "))", isUsage: true)
        }
        guard !names.isEmpty else { throw BenchError("--cases needs names, as in --cases \(known[0])", isUsage: true) }
        return names
    }

    private static func fileName(_ text: String) throws(BenchError) -> String {
        guard text.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }), text.first != "." else {
            throw BenchError("--name must be a file name without an ending, not '\(text)'", isUsage: true)
        }
        return text
    }
}

/// Why something could not be measured.
package struct BenchError: Error, Equatable, CustomStringConvertible {
    package let description: String
    /// Whether the command line is to blame.
    package let isUsage: Bool

    package init(_ description: String, isUsage: Bool = false) {
        (self.description, self.isUsage) = (description, isUsage)
    }
}
