import Files
import Results
import Sweeps

/// How the trials of a sweep stand, read from their run folders and the sweep's.
public struct SweepLedger: Sendable {
    /// How a trial stands.
    public enum State: Sendable {
        /// It has not come to its end.
        case open
        /// It has a result.
        case finished(RunRecord, path: String)
        /// The sweep's rule has ended it before its time.
        case pruned(RunRecord, path: String)
        /// It was tried as often as the sweep allows.
        case failed([Failure])

        /// Whether nothing is left to do.
        public var isEnded: Bool {
            if case .open = self { false } else { true }
        }
    }

    private let folder: SweepFolder
    private let record: SweepRecord

    /// The ledger of what `record` says is in `folder`.
    public init(_ folder: SweepFolder, _ record: SweepRecord) {
        self.folder = folder
        self.record = record
    }

    /// How a trial stands.
    public func state(of trial: SweepRecord.Trial) throws -> State {
        let run = try runFolder(trial)
        do {
            if let found = try run.record() {
                if found.status == .finished { return .finished(found, path: run.path) }
                if found.status == .pruned, record.prunes { return .pruned(found, path: run.path) }
            }
        } catch {
            // What stands in its place cannot be read, and is not ours to remove.
            return .failed([Failure("\(error)", isFinal: true)])
        }
        let failures = try folder.failures(of: trial.id)
        let isGivenUp = failures.count > record.retries || failures.contains { $0.isFinal }
        return isGivenUp ? .failed(failures) : .open
    }

    /// Writes into the record of a trial that was ended from outside what its process could not; nobody works on it any more.
    public func settle(_ trial: SweepRecord.Trial) throws {
        guard case .failed(let failures) = try state(of: trial), let last = failures.last(where: \.isFinal),
            let run = try? runFolder(trial), (try? run.record())?.status == .running
        else { return }
        try run.mark(.failed, stoppedBy: record.limitWords) { $0.error = last.message }
    }

    /// Makes sure that what others have written of a trial is seen, also on a network file system.
    func refresh(_ trial: SweepRecord.Trial) throws {
        let run = try runFolder(trial).path
        for folder in [Folder.parent(of: run), run] { Folder.refresh(folder) }
    }

    /// Where a trial's result is.
    func runFolder(_ trial: SweepRecord.Trial) throws -> RunFolder {
        guard let id = RunID(trial.id) else {
            throw SweepError("'\(trial.id)' is no run id; run 'peftexp sweep' again")
        }
        return try RunFolder(results: folder.results, name: record.name, id: id)
    }
}

extension SweepRecord {
    /// Whether a rule may end trials.
    var prunes: Bool { earlyStopping.map { $0.name != "none" } ?? false }
}
