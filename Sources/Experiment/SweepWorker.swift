import Foundation
import Results
import Sweeps

/// Takes one trial of a sweep after the other, until none is left.
public final class SweepWorker {
    /// How the work ended.
    public enum Ending: Sendable {
        /// Every trial has ended, here or elsewhere.
        case allEnded
        /// It was interrupted; what was begun can be continued.
        case interrupted
    }

    private let folder: SweepFolder
    private let workspace: Workspace
    private let book: ClaimBook
    private let watch = ClaimWatch()
    private let report: (WorkerEvent) -> Void
    private var endedTrials: Set<String> = []

    /// - Parameters:
    ///   - cache: what is kept between runs.
    ///   - report: told what happens.
    public init(_ folder: SweepFolder, _ workspace: Workspace, report: @escaping (WorkerEvent) -> Void) {
        self.folder = folder
        self.workspace = workspace.shared
        self.report = report
        book = folder.claims()
    }

    /// Works until every trial has ended; while others hold what is left, waits for them.
    ///
    /// - Parameter isInterrupted: asked after each step, and while waiting.
    /// - Throws: what keeps the sweep's folder from being read or written; what goes wrong with a trial is written down there.
    public func run(isInterrupted: @escaping () -> Bool) throws -> Ending {
        var rounds = 0
        while true {
            let record = try folder.record()
            let ledger = SweepLedger(folder, record)
            var (openCount, workCount) = (0, 0)
            for trial in record.trials where !endedTrials.contains(trial.id) {
                if isInterrupted() { return .interrupted }
                if try hasEnded(trial, ledger) { continue }
                openCount += 1
                guard let claim = try book.take(trial.id, watch) else { continue }
                // It may have ended between the look and the claim.
                if try hasEnded(trial, ledger) {
                    try claim.release(isDone: true)
                    continue
                }
                workCount += 1
                rounds = 0
                let attempt = SweepAttempt(trial, record, ledger, folder, workspace, report)
                switch try attempt.run(claim, isInterrupted: isInterrupted) {
                case .ended: endedTrials.insert(trial.id)
                case .open: break
                case .busy: workCount -= 1
                }
            }
            if openCount == 0 { return .allEnded }
            guard workCount == 0 else { continue }
            if rounds == 0 { report(.waiting) }
            rounds += 1
            // Soon at first, then once in a second.
            for _ in 0..<min(rounds, 20) {
                if isInterrupted() { return .interrupted }
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
    }

    private func hasEnded(_ trial: SweepRecord.Trial, _ ledger: SweepLedger) throws -> Bool {
        guard try ledger.state(of: trial).isEnded else { return false }
        endedTrials.insert(trial.id)
        return true
    }
}
