import Synchronization
import Testing
import peftexp

/// What a program wrote.
private final class Written: Sendable {
    let out = Mutex("")
    let talk = Mutex("")

    var console: Console {
        Console(out: { text in self.out.withLock { $0 += text } }, talk: { text in self.talk.withLock { $0 += text } })
    }
}

private struct Broken: Error, CustomStringConvertible {
    let description = "cannot read 'x': it is broken"
}

@Suite("The program")
struct ProgramTests {
    private let program = Program(
        "peftexp", "Experiments.", version: "1.2",
        [
            Command(CommandForm("list", "Lists.", [.init("WHAT", "a kind")], examples: ["list tuners"])) {
                arguments, console in
                guard arguments.positionals == ["tuners"] else { throw UsageError("no such kind") }
                console.out("LORA\n")
                return .done
            },
            Command(CommandForm("break", "Breaks.", examples: ["break"])) { _, _ in throw Broken() },
        ])

    @Test(arguments: [
        (["list", "tuners"], Outcome.done, "LORA\n", ""),
        (["--version"], .done, "peftexp 1.2\n", ""),
        (["list", "x"], .wrongInput, "", "peftexp: error: no such kind\nSee 'peftexp list --help'.\n"),
        (
            ["lits"], .wrongInput, "",
            "peftexp: error: unknown command 'lits'; did you mean 'list'?\nSee 'peftexp --help'.\n"
        ),
        (
            ["help", "lits"], .wrongInput, "",
            "peftexp: error: unknown command 'lits'; did you mean 'list'?\nSee 'peftexp --help'.\n"
        ),
        (["break"], .failed, "", "peftexp: error: cannot read 'x': it is broken\n"),
    ])
    func runs(words: [String], status: Outcome, out: String, talk: String) {
        let written = Written()
        #expect(program.run(words, written.console) == status)
        #expect(written.out.withLock { $0 } == out)
        #expect(written.talk.withLock { $0 } == talk)
    }

    @Test(arguments: [["--help"], ["-h"], ["help"]])
    func help(words: [String]) {
        let written = Written()
        #expect(program.run(words, written.console) == .done)
        #expect(
            written.out.withLock { $0 } == """
                peftexp COMMAND [arguments]

                Experiments.

                Commands:
                  list   Lists.
                  break  Breaks.

                'peftexp COMMAND --help' explains a command.

                """)
    }

    @Test func helpOfACommandBothWays() {
        let (asked, option) = (Written(), Written())
        #expect(program.run(["help", "list"], asked.console) == .done)
        #expect(program.run(["list", "--help"], option.console) == .done)
        #expect(asked.out.withLock { $0 } == option.out.withLock { $0 })
        #expect(asked.out.withLock { $0 }.hasSuffix("Example:\n  peftexp list tuners\n"))
    }

    @Test func nothingAskedIsAnError() {
        let written = Written()
        #expect(program.run([], written.console) == .wrongInput)
        #expect(written.out.withLock { $0.isEmpty } && written.talk.withLock { !$0.isEmpty })
    }
}
