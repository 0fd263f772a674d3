import Files
import Foundation
import Synchronization
import YAML

/// The run that this process is writing.
///
/// Its folder is locked against other processes for as long as this object lives.
public final class ActiveRun: Sendable {
    /// Where the run's files are while it goes on.
    public let path: String
    /// What the training can be taken up from; removed when the run has finished.
    public let checkpoints: CheckpointStore
    private let folder: RunFolder
    private let lock: FolderLock
    private let metrics: LineFile
    private let history: Mutex<History>

    /// What every record of the run says of its attempts.
    private struct History {
        var started = ActiveRun.now()
        var resumedFromSteps: [Int] = []
    }

    /// Where what was trained is to be written; the folder is made by who writes it.
    public var adapterPath: String { "\(path)/adapter" }
    /// Where a model that was trained from nothing is to be written, as a checkpoint of its own.
    public var modelPath: String { "\(path)/model" }

    /// - Parameter isFresh: whether what earlier attempts have trained is let go.
    init(
        _ folder: RunFolder, at path: String, manifest: String, _ record: RunRecord, isFresh: Bool
    ) throws(ResultError) {
        self.folder = folder
        self.path = path
        checkpoints = CheckpointStore("\(path)/checkpoint")
        let prepared: (FolderLock, LineFile, History)?
        do {
            prepared = try Self.prepare(
                path, manifest: manifest, checkpoints, isFresh: isFresh, isRepetition: path != folder.path)
        } catch { throw .file(error) }
        guard let (lock, metrics, history) = prepared else { throw .inProgress(path: folder.path) }
        (self.lock, self.metrics) = (lock, metrics)
        self.history = Mutex(history)
        do { try write(record, .running) } catch { throw .file(error) }
    }

    /// Makes the folder, locks it and empties it of what is not to be gone on with; nil when another process holds it or has just
    /// finished it.
    private static func prepare(
        _ path: String, manifest: String, _ checkpoints: CheckpointStore, isFresh: Bool, isRepetition: Bool
    ) throws(FileError) -> (FolderLock, LineFile, History)? {
        try Folder.make(path)
        guard let lock = try FolderLock(path), lock.stands(at: path) else { return nil }
        let earlier = record(in: path)
        // It may have been finished by the process that held the lock a moment ago; that result is not ours to remove. A
        // repetition that has finished and still stands here was killed before it took its place.
        if earlier?.status == .finished, !isRepetition { return nil }
        var history = History()
        if let earlier, !isFresh {
            history.started = earlier.started ?? history.started
            history.resumedFromSteps = earlier.resumedFromSteps
        }
        for leftOver in ["predictions.jsonl", "adapter", "model"] + (isFresh ? ["checkpoint", "result.json"] : []) {
            try Folder.remove("\(path)/\(leftOver)")
        }
        try AtomicFile.removeLeftOvers(in: path)
        try checkpoints.clean()
        try AtomicFile.write(manifest, to: "\(path)/manifest.yaml")
        return (lock, try LineFile(replacing: "\(path)/metrics.jsonl"), history)
    }

    private static func record(in path: String) -> RunRecord? {
        let file = "\(path)/result.json"
        return (try? FileContents.text(at: file)).flatMap { try? RunRecord($0, file: file) }
    }

    /// The training goes on from a checkpoint of an earlier attempt.
    ///
    /// - Parameters:
    ///   - step: the steps that are done.
    ///   - metrics: what had been logged by then.
    public func goOn(from step: Int, metrics text: String, _ record: RunRecord) throws(ResultError) {
        try checkPresence()
        history.withLock { $0.resumedFromSteps.append(step) }
        do {
            if !text.isEmpty { try metrics.append(text.hasSuffix("\n") ? String(text.dropLast()) : text) }
            try write(record, .running)
        } catch {
            throw .file(error)
        }
    }

    /// The training begins anew.
    public func startOver() {
        history.withLock { $0 = History() }
    }

    /// Checks that the folder is still the one that was started in: what is written into another one would be half a result.
    public func checkPresence() throws(ResultError) {
        if !lock.stands(at: path) { throw .lost(path: path) }
    }

    /// Appends a line to `metrics.jsonl`.
    public func log(_ line: MetricsLine) throws(ResultError) {
        try checkPresence()
        do { try metrics.append(line.text) } catch { throw .file(error) }
    }

    /// The lines logged so far.
    public func loggedText() throws(ResultError) -> String {
        try checkPresence()
        do { return try FileContents.text(at: metrics.path) } catch { throw .file(error) }
    }

    /// Writes `predictions.jsonl`: one line per example, each with its line break.
    public func write(predictions text: String) throws(ResultError) {
        try checkPresence()
        do { try AtomicFile.write(text, to: "\(path)/predictions.jsonl") } catch { throw .file(error) }
    }

    /// Ends the run well: the record says so, and the folder takes the place of an earlier result.
    /// - Returns: the record as it was written.
    @discardableResult
    public func finish(_ record: RunRecord) throws(ResultError) -> RunRecord {
        try checkPresence()
        do {
            let written = try write(record, .finished)
            // The result is there; a checkpoint that can not be removed does it no harm.
            try? Folder.remove(checkpoints.path)
            if path != folder.path { try Folder.move(path, replacing: folder.path) }
            return written
        } catch {
            throw .file(error)
        }
    }

    /// Ends the run as failed because of `error`; what can not be written any more (a full disk) is let go, since `error` says more.
    public func fail(_ record: RunRecord, because error: String) {
        guard lock.stands(at: path) else { return }
        var record = record
        record.error = error
        _ = try? write(record, .failed)
    }

    /// Ends the run as interrupted; its state is kept.
    /// - Returns: the record as it was written.
    @discardableResult
    public func interrupt(_ record: RunRecord) throws(ResultError) -> RunRecord {
        try checkPresence()
        do { return try write(record, .interrupted) } catch { throw .file(error) }
    }

    @discardableResult
    private func write(_ record: RunRecord, _ status: RunRecord.Status) throws(FileError) -> RunRecord {
        var record = record
        record.status = status
        (record.started, record.resumedFromSteps) = history.withLock { ($0.started, $0.resumedFromSteps) }
        record.ended = status == .running ? nil : Self.now()
        try AtomicFile.write(record.text, to: "\(path)/result.json")
        return record
    }

    /// The time in UTC, as in `2026-01-31T23:59:59Z`.
    private static func now() -> String {
        Date().formatted(.iso8601)
    }
}
