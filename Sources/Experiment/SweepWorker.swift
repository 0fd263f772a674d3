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
    private let onHang: @Sendable (String, Failure) -> Void
    private let report: (WorkerEvent) -> Void
    private var endedTrials: Set<String> = []

    /// - Parameters:
    ///   - onHang: called from another thread when a trial has not ended by itself long after its time; all is written down by then, and
    ///     this worker is of no more use.
    ///   - report: told what happens.
    public init(
        _ folder: SweepFolder, _ workspace: Workspace, onHang: @escaping @Sendable (String, Failure) -> Void,
        report: @escaping (WorkerEvent) -> Void
    ) {
        self.folder = folder
        self.workspace = workspace.shared
        self.onHang = onHang
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
            var holders: Set<String> = []
            for trial in record.trials where !endedTrials.contains(trial.id) {
                if isInterrupted() { return .interrupted }
                if try hasEnded(trial, ledger) { continue }
                openCount += 1
                guard let claim = try book.take(trial.id, watch) else {
                    try endOverdue(trial, record)
                    if rounds == 0, case .held(let holder) = try book.state(of: trial.id, watch) {
                        holders.insert(holder?.words ?? "somebody unknown")
                    }
                    continue
                }
                // It may have ended between the look and the claim, or been ended elsewhere.
                if claim.generation > 1 { try ledger.refresh(trial) }
                if try hasEnded(trial, ledger) {
                    try claim.release(isDone: true)
                    continue
                }
                workCount += 1
                rounds = 0
                let attempt = SweepAttempt(trial, record, ledger, folder, workspace, onHang: onHang, report)
                switch try attempt.run(claim, isInterrupted: isInterrupted) {
                case .ended: endedTrials.insert(trial.id)
                case .open: break
                case .busy: workCount -= 1
                }
            }
            if openCount == 0 { return .allEnded }
            guard workCount == 0 else { continue }
            if rounds == 0 { report(.waiting(for: holders.sorted())) }
            rounds += 1
            // Soon at first, then once in a second.
            for _ in 0..<min(rounds, 20) {
                if isInterrupted() { return .interrupted }
                Thread.sleep(forTimeInterval: 0.05)
            }
        }
    }

    /// Ends the process of another worker of this machine that has been halted while it holds a trial whose time is long over.
    private func endOverdue(_ trial: SweepRecord.Trial, _ record: SweepRecord) throws {
        // Its own watchdog comes first, and the sweep that has started it.
        guard let limit = record.timeLimit,
            let (holder, generation) = try book.holder(of: trial.id, after: limit + 3 * record.killTime, watch),
            holder.isWithinReach()
        else { return }
        let failure = record.hang(of: "\(holder.words) was killed")
        try folder.add(failure, of: trial.id, generation: generation)
        holder.end()
        report(.failed(trial.id, message: failure.message))
    }

    private func hasEnded(_ trial: SweepRecord.Trial, _ ledger: SweepLedger) throws -> Bool {
        guard try ledger.state(of: trial).isEnded else { return false }
        try ledger.settle(trial)
        endedTrials.insert(trial.id)
        return true
    }
}
