import Experiment
import Foundation
import Results
import Sweeps

/// Draws a sweep: a line for whatever happens to a trial, and on a terminal below these a table of those at work.
package final class SweepScreen {
    private struct Row {
        var state = "starting"
        var step: Int?
        var stepCount: Int?
        var loss: Double?
        var scores = ""
        var secondsLeft: Double?
        var start: Double
    }

    private let record: SweepRecord
    private let console: Console
    /// Where it draws; its size is asked for anew each time.
    package var terminal: Terminal
    private let numbers: [String: Int]
    private let now: () -> Double
    private var rows: [String: Row] = [:]
    private var ended: Set<String> = []
    /// Whether there is nothing to do until others are through.
    private var isWaiting = false
    /// Seconds that trials took, and what was planned for the same.
    private var (spent, planned) = (0.0, 0.0)
    /// How wide the lines of the table are that stands on the terminal.
    private var drawnWidths: [Int] = []
    private var lastDraw: Double?

    /// Seconds between two drawings, and between two lines on how far a sweep is in a log.
    private static let (drawTime, logTime) = (0.2, 30.0)
    /// Rows of the table where the terminal does not say how high it is.
    private static let mostRows = 24

    /// - Parameter now: seconds of a clock that does not jump; the process's own unless given.
    package init(
        _ record: SweepRecord, _ console: Console, _ terminal: Terminal, now: (() -> Double)? = nil
    ) {
        let (clock, start) = (ContinuousClock(), ContinuousClock().now)
        self.now = now ?? { (clock.now - start) / .seconds(1) }
        self.record = record
        self.console = console
        self.terminal = terminal
        numbers = Dictionary(record.trials.enumerated().map { ($1.id, $0) }) { first, _ in first }
    }

    /// These trials have ended already.
    package func skip(_ trials: some Sequence<String>) { ended.formUnion(trials) }

    /// How long each trial that is at work has taken, in seconds.
    var ages: [String: Double] { rows.mapValues { now() - $0.start } }

    /// Takes note of an event, and draws.
    package func show(_ event: WorkerEvent) {
        switch event {
        case .started(let trial, _):
            isWaiting = false
            rows[trial] = Row(start: now())
            if !terminal.isTerminal { say(trial, "started") }
        case .stepped(let trial, let step, let count, let loss, let seconds):
            update(trial) { row in
                row.state = "training"
                (row.step, row.stepCount, row.loss, row.secondsLeft) = (step, count, loss, seconds)
            }
        case .evaluated(let trial, _, let scores): update(trial) { $0.scores = Self.text(scores) }
        case .finished(let trial, let metrics, _):
            if let row = rows[trial] {
                let seconds = now() - row.start
                if let plan = self.trial(trial)?.seconds { (spent, planned) = (spent + seconds, planned + plan) }
                say(trial, "done in \(FigureText.duration(seconds)): \(Self.text(metrics))")
            }
            end(trial)
        case .pruned(let trial, let rule):
            say(trial, "stopped by \(rule)")
            end(trial)
        case .failed(let trial, let message):
            say(trial, "failed: \(message)")
            rows[trial] = nil
        case .released(let trial):
            say(trial, "let go")
            rows[trial] = nil
        case .waiting(let holders):
            isWaiting = true
            if !terminal.isTerminal {
                let who = holders.isEmpty ? "" : ": \(holders.joined(separator: ", "))"
                console.talk("waiting for trials that others have taken\(who)\n")
            }
        }
        draw()
    }

    /// Says something above the table.
    package func note(_ text: String) {
        console.talk("\(erasure)\(text)\n")
    }

    /// Draws how far all is, when it is time to.
    package func draw() {
        let interval = terminal.isTerminal ? Self.drawTime : Self.logTime
        if let lastDraw, now() - lastDraw < interval { return }
        if terminal.isTerminal {
            terminal = terminal.current
            let table = table
            console.talk(erasure + table)
            drawnWidths = table.split(separator: "\n").map { DisplayWidth.of(String($0)) }
        } else if lastDraw != nil {
            console.talk(lines.joined(separator: "; ") + "\n")
        }
        lastDraw = now()
    }

    /// Removes the table from the terminal.
    package func clear() { console.talk(erasure) }

    /// What removes the table; it is not there any more then.
    private var erasure: String {
        defer { drawnWidths = [] }
        // Lines that were drawn on a wider terminal have been broken since.
        let width = max(1, terminal.width ?? .max)
        let rows = drawnWidths.reduce(0) { $0 + max(1, ($1 - 1) / width + 1) }
        return rows > 0 ? "\u{1B}[\(rows)A\r\u{1B}[J" : ""
    }

    private func end(_ trial: String) {
        rows[trial] = nil
        ended.insert(trial)
    }

    private func trial(_ id: String) -> SweepRecord.Trial? { numbers[id].map { record.trials[$0] } }

    private func update(_ trial: String, _ change: (inout Row) -> Void) {
        change(&rows[trial, default: Row(start: now())])
    }

    private func say(_ id: String, _ text: String) {
        let number = numbers[id].map { "\($0 + 1)" } ?? "?"
        note("[\(number)/\(record.trials.count)] \(text)  (\(trial(id)?.title ?? id))")
    }

    private static func text(_ scores: [String: Double]) -> String {
        scores.isEmpty
            ? "no scores"
            : scores.sorted { $0.key < $1.key }.map { "\($0.key) \(FigureText.metric($0.value))" }.joined(
                separator: ", ")
    }

    private var working: [(id: String, number: Int, row: Row)] {
        rows.map { (id: $0.key, number: numbers[$0.key] ?? 0, row: $0.value) }.sorted { $0.number < $1.number }
    }

    private var table: String {
        // The last column stays free: some terminals begin a new line when it is filled.
        let width = terminal.width.map { max(1, $0 - 1) }
        var columns = Column.allCases
        var table = table(columns)
        for column in Column.spare {
            guard let width, table.leastWidth > width else { break }
            columns.removeAll { $0 == column }
            table = self.table(columns)
        }
        let lines = (table.text(width: width) + overall).split(separator: "\n").map(String.init)
        return lines.map { line in (width.map { DisplayWidth.cut(line, to: $0) } ?? line) + "\n" }.joined()
    }

    /// What stands in the table.
    private enum Column: String, CaseIterable {
        case trial, state, step, loss, scores
        case left = "time left"
        case changes

        /// Those that are left out where there is no room, the first one first.
        static let spare: [Column] = [.scores, .loss, .state, .left, .step]
    }

    private func table(_ columns: [Column]) -> TextTable {
        let hasScores = rows.values.contains { !$0.scores.isEmpty }
        let columns = columns.filter { $0 != .scores || hasScores }
        var table = TextTable(
            columns.map { [.state, .scores, .changes].contains($0) ? .text($0.rawValue) : .number($0.rawValue) })
        // A line each for the titles, the rule, the whole and the cursor.
        let limit = max(1, terminal.height.map { $0 - 4 } ?? Self.mostRows)
        for (id, number, row) in working.prefix(limit) {
            table.append(
                columns.map { column in
                    switch column {
                    case .trial: "\(number + 1)"
                    case .state: row.state
                    case .step: row.step.map { "\($0)/\(row.stepCount ?? 0)" } ?? ""
                    case .loss: row.loss.map { FigureText.number($0) } ?? ""
                    case .scores: row.scores
                    case .left: row.secondsLeft.map { FigureText.remaining($0) } ?? ""
                    case .changes: trial(id)?.title ?? id
                    }
                })
        }
        return table
    }

    private var lines: [String] {
        [overall]
            + working.map { _, number, row in
                let step = row.step.map { " step \($0)/\(row.stepCount ?? 0)" } ?? ""
                let loss = row.loss.map { " loss \(FigureText.number($0))" } ?? ""
                return "[\(number + 1)]\(step)\(loss)"
            }
    }

    /// `5 of 12 ended, 2 at work; about 3 m 10 s left`
    private var overall: String {
        let waiting = record.trials.filter { !ended.contains($0.id) && rows[$0.id] == nil }
        var text = "\(ended.count) of \(record.trials.count) ended, \(rows.count) at work"
        let pace = planned > 0 ? spent / planned : 1
        let left =
            waiting.reduce(0) { $0 + ($1.seconds ?? 0) * pace }
            + rows.values.reduce(0) { $0 + ($1.secondsLeft ?? 0) }
        if left > 0, !rows.isEmpty {
            text += "; about \(FigureText.remaining(left / Double(rows.count))) left"
        }
        if isWaiting, rows.isEmpty, !waiting.isEmpty { text += "; waiting for what others have taken" }
        return text
    }
}
