import Testing
import peftexp

@Suite("Progress and terminals")
struct ProgressTests {
    private let terminal = Terminal(isTerminal: true, width: 60, hasColors: false)
    private let log = Terminal(isTerminal: false, width: nil, hasColors: false)

    private func progress(_ step: Int) -> ProgressState {
        ProgressState("training", step: step, of: 240, loss: 2.34123, tokensPerSecond: 2345.6, secondsLeft: 71.8)
    }

    @Test(
        arguments: [
            (nil, "training  step  12/240    5 %  loss 2.341  2.35k tokens/s  1 m 12 s left"),
            (60, "training  step  12/240    5 %  loss 2.341  2.35k tokens/s"),
            (50, "training  step  12/240    5 %  loss 2.341"), (8, "training"), (7, ""), (-1, ""),
        ] as [(Int?, String)])
    func text(width: Int?, expected: String) {
        #expect(progress(12).text(width: width) == expected)
    }

    @Test func whatIsNotKnownIsNotShown() {
        #expect(ProgressState("reading", step: 5, of: nil).text() == "reading  step 5")
        #expect(ProgressState("x", step: 0, of: 0).text() == "x  step 0/0")
        #expect(ProgressState("x", step: 2, of: 3, secondsLeft: 0.2).text() == "x  step 2/3   66 %  0 s left")
        #expect(ProgressState("x", step: 3, of: 3, secondsLeft: 0).text() == "x  step 3/3  100 %")
        #expect(
            ProgressState("x", step: 7, of: 3, loss: .nan, tokensPerSecond: .infinity, secondsLeft: .nan).text()
                == "x  step 7/3  100 %  loss -")
    }

    @Test func aTerminalLineIsWrittenOverAtMostTenTimesASecond() {
        var line = ProgressLine(terminal)
        #expect(line.update(progress(1), at: 0)?.hasPrefix("\r\u{1B}[Ktraining  step   1/240") == true)
        #expect(line.update(progress(2), at: 0.05) == nil)
        #expect(line.update(progress(3), at: 0.11) != nil)
        #expect(line.message("saved") == "\r\u{1B}[Ksaved\n")
        #expect(line.end() == "")
        #expect(line.update(progress(240), at: 0.12) != nil)
        #expect(line.update(progress(240), at: 0.13) == nil)
        #expect(line.end() == "\n")
        #expect(line.end() == "")
    }

    @Test func aLogGetsPlainLinesFarBetween() {
        var line = ProgressLine(log, logInterval: 10)
        #expect(line.update(progress(1), at: 100)?.hasPrefix("training  step   1/240") == true)
        #expect(line.update(progress(2), at: 109) == nil)
        #expect(line.update(progress(3), at: 110)?.hasSuffix("left\n") == true)
        #expect(line.message("saved") == "saved\n")
        #expect(line.update(ProgressState("evaluating", step: 1, of: 2), at: 110.5) == "evaluating  step 1/2   50 %\n")
        #expect(line.update(ProgressState("evaluating", step: 2, of: 2), at: 110.6) == "evaluating  step 2/2  100 %\n")
        #expect(line.end() == "")
    }

    @Test(
        arguments: [
            (true, 100, [:], Terminal(isTerminal: true, width: 100, hasColors: true)),
            (true, nil, [:], Terminal(isTerminal: true, width: 80, hasColors: true)),
            (true, 100, ["COLUMNS": "60", "NO_COLOR": "1"], Terminal(isTerminal: true, width: 60, hasColors: false)),
            (true, 100, ["COLUMNS": "-5", "NO_COLOR": ""], Terminal(isTerminal: true, width: 100, hasColors: true)),
            (true, 100, ["COLUMNS": "wide", "TERM": "dumb"], Terminal(isTerminal: true, width: 100, hasColors: false)),
            (false, nil, [:], Terminal(isTerminal: false, width: nil, hasColors: false)),
            (false, nil, ["COLUMNS": "60"], Terminal(isTerminal: false, width: 60, hasColors: false)),
        ] as [(Bool, Int?, [String: String], Terminal)])
    func terminals(isTerminal: Bool, reported: Int?, environment: [String: String], expected: Terminal) {
        #expect(Terminal(isTerminal: isTerminal, reportedWidth: reported, environment: environment) == expected)
    }

    @Test func aPipeIsNoTerminal() {
        #expect(Terminal(descriptor: -1, environment: [:]) == Terminal(isTerminal: false, width: nil, hasColors: false))
    }
}
