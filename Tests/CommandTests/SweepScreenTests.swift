import Experiment
import Results
import Sweeps
import Synchronization
import Testing
import peftexp

@Suite("What a sweep shows")
struct SweepScreenTests {
    /// What was written to standard error, and the time.
    private final class Stage: Sendable {
        private let seconds = Mutex(0.0)
        let text = Mutex("")

        var time: Double {
            get { seconds.withLock { $0 } }
            set { seconds.withLock { $0 = newValue } }
        }

        var console: Console { Console(out: { _ in }, talk: { [self] text in self.text.withLock { $0 += text } }) }

        /// What was written since the last look.
        func take() -> String {
            text.withLock { text in
                defer { text = "" }
                return text
            }
        }
    }

    private var record: SweepRecord {
        var trials = ["seed=1", "seed=2"].map { SweepRecord.Trial(id: "id \($0)", title: $0, overrides: [$0]) }
        for index in trials.indices { trials[index].seconds = 10 }
        return SweepRecord(name: "e", manifest: "e.yaml", trials: trials)
    }

    @Test func aTerminalHasOneTableThatIsDrawnOver() {
        let stage = Stage()
        let terminal = Terminal(isTerminal: true, width: 80, hasColors: false)
        let screen = SweepScreen(record, stage.console, terminal) { stage.time }
        screen.show(.started("id seed=1", generation: 1))
        #expect(
            stage.take() == """
                trial  state     step  loss  time left  changes
                ─────  ────────  ────  ────  ─────────  ───────
                    1  starting                         seed=1
                0 of 2 ended, 1 at work; about 10 s left

                """)
        stage.time = 0.1
        screen.show(.stepped("id seed=1", step: 3, of: 12, loss: 0.52345, secondsLeft: 6.2))
        #expect(stage.take() == "", "too soon")
        stage.time = 0.3
        screen.show(.stepped("id seed=1", step: 4, of: 12, loss: 0.5, secondsLeft: 6.2))
        #expect(
            stage.take() == "\u{1B}[4A\r\u{1B}[J" + """
                trial  state     step    loss  time left  changes
                ─────  ────────  ────  ──────  ─────────  ───────
                    1  training  4/12  0.5000        6 s  seed=1
                0 of 2 ended, 1 at work; about 16 s left

                """)
        stage.time = 5
        screen.show(.finished("id seed=1", metrics: ["f1": 0.5, "accuracy": 1], path: "p"))
        #expect(
            stage.take().hasPrefix(
                "\u{1B}[4A\r\u{1B}[J[1/2] done in 5.00 s: accuracy 1.0000, f1 0.5000  (seed=1)\ntrial"))
        screen.clear()
        #expect(stage.take() == "\u{1B}[3A\r\u{1B}[J")
    }

    @Test("The table keeps to the window as it is now, and removes what an earlier size has broken")
    func resized() {
        let stage = Stage()
        let screen = SweepScreen(
            record, stage.console, Terminal(isTerminal: true, width: 80, height: 6, hasColors: false)
        ) { stage.time }
        for id in ["id seed=1", "id seed=2"] {
            screen.show(.started(id, generation: 1))
            screen.show(.stepped(id, step: 3, of: 12, loss: 0.5, secondsLeft: 100))
            screen.show(.evaluated(id, step: 3, scores: ["f1": 0.5]))
        }
        stage.time = 1
        _ = stage.take()
        screen.draw()
        #expect(
            stage.take().hasSuffix(
                """
                trial  state     step    loss  scores     time left  changes
                ─────  ────────  ────  ──────  ─────────  ─────────  ───────
                    1  training  3/12  0.5000  f1 0.5000   1 m 40 s  seed=1
                    2  training  3/12  0.5000  f1 0.5000   1 m 40 s  seed=2
                0 of 2 ended, 2 at work; about 1 m 40 s left

                """))
        // Of the five lines the first four are broken once each.
        screen.terminal = Terminal(isTerminal: true, width: 40, height: 5, hasColors: false)
        stage.time = 2
        screen.draw()
        let narrow = stage.take()
        #expect(narrow.hasPrefix("\u{1B}[10A\r\u{1B}[J"), "\(narrow)")
        let lines = narrow.split(separator: "\n").map { String($0.replacing("\u{1B}[10A\r\u{1B}[J", with: "")) }
        #expect(lines.allSatisfy { DisplayWidth.of($0) < 40 }, "\(narrow)")
        #expect(lines.count == 4, "one row is all there is room for: \(narrow)")
        #expect(lines[0].hasPrefix("trial") && lines[0].hasSuffix("changes"))
    }

    @Test func aLogHasALineForWhateverHappens() {
        let stage = Stage()
        let terminal = Terminal(isTerminal: false, width: nil, hasColors: false)
        let screen = SweepScreen(record, stage.console, terminal) { stage.time }
        screen.skip(["id seed=2"])
        screen.show(.started("id seed=1", generation: 1))
        screen.show(.stepped("id seed=1", step: 1, of: 4, loss: 2, secondsLeft: 9))
        screen.show(.evaluated("id seed=1", step: 1, scores: ["f1": 0.25]))
        #expect(stage.take() == "[1/2] started  (seed=1)\n")
        stage.time = 31
        screen.draw()
        #expect(stage.take() == "1 of 2 ended, 1 at work; about 9 s left; [1] step 1/4 loss 2.000\n")
        screen.show(.failed("id seed=1", message: "no space"))
        screen.show(.pruned("id seed=1", by: "asha: f1 0.25 after evaluation 1"))
        screen.show(.waiting(for: ["process 7 on b"]))
        #expect(
            stage.take() == """
                [1/2] failed: no space  (seed=1)
                [1/2] stopped by asha: f1 0.25 after evaluation 1  (seed=1)
                waiting for trials that others have taken: process 7 on b

                """)
    }
}
