import Testing
import peftexp

private let form = CommandForm(
    "run", "Trains what a manifest describes.", [.init("MANIFEST", "the manifest")],
    options: [
        .value("results", "DIR", "where results are kept (default: ./results)"), .flag("json", "machine-readable"),
        .value("jobs", "N", "worker processes"),
    ],
    takesOverrides: true, examples: ["run a.yaml train.learning_rate=1e-2"])

private let advice = "; a value is replaced by key=value, as in train.learning_rate=1e-2"

@Suite("Command lines")
struct ArgumentsTests {
    private func parse(_ words: [String], _ form: CommandForm = form) throws -> Arguments {
        guard case .run(let arguments) = try Arguments.parse(words, for: form) else { throw UsageError("help") }
        return arguments
    }

    @Test(
        arguments: [("90", 90), ("90s", 90), ("30m", 1800), ("1.5h", 5400), ("2d", 172_800), (".5s", 0.5)]
            as [(String, Double)])
    func timesHaveUnits(text: String, seconds: Double) throws {
        #expect(try parse(["a.yaml", "--jobs", text]).duration("jobs") == seconds)
    }

    @Test(arguments: ["", "0", "-1", "1w", "h", "1e3", "1.2.3", "inf", "nan", "5 m"])
    func whatIsNoTimeIsRefused(text: String) throws {
        let arguments = try parse(["a.yaml", "--jobs=\(text)"])
        #expect(throws: UsageError("--jobs takes a time such as 90s, 30m or 2h, not '\(text)'")) {
            try arguments.duration("jobs")
        }
    }

    @Test func sortsWords() throws {
        let arguments = try parse([
            "--results", "out", "a.yaml", "train.learning_rate=1e-2", "--json", "--jobs=4", "name=x=y", "seed=",
        ])
        #expect(arguments.positionals == ["a.yaml"])
        #expect(arguments.overrides == ["train.learning_rate=1e-2", "name=x=y", "seed="])
        #expect(arguments.value("results") == "out")
        #expect(arguments.has("json") && !arguments.has("force"))
        #expect(try arguments.integer("jobs", in: 1...8) == 4)
        #expect(try arguments.integer("results-not-given", in: 1...8) == nil)
    }

    @Test func whatIsNoOverride() throws {
        #expect(try parse(["./a=b.yaml"]).positionals == ["./a=b.yaml"])
        #expect(try parse(["--", "--json"]).positionals == ["--json"])
        #expect(try parse(["-"]).positionals == ["-"])
        #expect(try parse(["a.yaml", "--results", "-x"]).value("results") == "-x")
        #expect(try parse(["a.yaml", "--results="]).value("results") == "")
    }

    @Test(
        "What can not be understood is named",
        arguments: [
            ([], "missing MANIFEST"),
            (["x=1"], "missing MANIFEST"),
            (["a", "--reslts", "x"], "unknown option '--reslts'; did you mean '--results'?"),
            (["a", "--zzz=1"], "unknown option '--zzz'"),
            (["a", "-j"], "unknown option '-j'"),
            (["a", "--results"], "--results needs a value: --results DIR"),
            (["a", "--results", "--json"], "--results needs a value: --results DIR"),
            (["a", "--json=1"], "--json takes no value, but got '1'"),
            (["a", "b"], "unexpected argument 'b'\(advice)"),
            (["a", "=1"], "unexpected argument '=1'\(advice)"),
            (["a", "x..y=1"], "unexpected argument 'x..y=1'\(advice)"),
            (["a", "\u{0}é"], "unexpected argument '\u{0}é'\(advice)"),
        ] as [([String], String)])
    func refused(words: [String], message: String) {
        let error = #expect(throws: UsageError.self) { try Arguments.parse(words, for: form) }
        #expect(error?.description == message)
    }

    @Test func numbersAreChecked() throws {
        let arguments = try parse(["a", "--jobs", "99999999999999999999", "--results", "0"])
        #expect(throws: UsageError("--jobs takes a whole number, not '99999999999999999999'")) {
            try arguments.integer("jobs", in: 1...8)
        }
        #expect(throws: UsageError("--results must be 1 to 8, not 0")) { try arguments.integer("results", in: 1...8) }
        #expect(throws: UsageError("--results must be at least 1, not 0")) {
            try arguments.integer("results", in: 1 ... .max)
        }
    }

    @Test func positionalsByCount() throws {
        let many = CommandForm("table", "", [.init("DIR", "", .many)], examples: [])
        #expect(try parse(["a", "b", "c"], many).positionals == ["a", "b", "c"])
        #expect(throws: UsageError("missing DIR")) { try Arguments.parse([], for: many) }
        let optional = CommandForm("explain", "", [.init("KEY", "", .optional)], examples: [])
        #expect(try parse([], optional).positionals.isEmpty)
        #expect(throws: UsageError("'explain' takes no key=value, but got 'a=1'")) {
            try Arguments.parse(["x", "a=1"], for: optional)
        }
        let two = CommandForm("diff", "", [.init("A", ""), .init("B", "")], examples: [])
        #expect(throws: UsageError("missing A and B")) { try Arguments.parse([], for: two) }
    }

    @Test func helpIsMadeFromTheDeclaration() throws {
        #expect(try Arguments.parse(["--nonsense-after", "--help"].reversed(), for: form) == .help)
        #expect(
            form.help("peftexp") == """
                peftexp run MANIFEST [key=value…] [options]

                Trains what a manifest describes.

                Arguments:
                  MANIFEST   the manifest
                  key=value  replaces a value of the manifest, as in train.learning_rate=1e-2

                Options:
                  --results DIR  where results are kept (default: ./results)
                  --json         machine-readable
                  --jobs N       worker processes
                  --help         show this text

                Example:
                  peftexp run a.yaml train.learning_rate=1e-2

                """)
    }
}
