import Files
import Foundation
import YAML

/// The run that this process is writing.
///
/// Its folder is locked against other processes for as long as this object lives.
public final class ActiveRun: Sendable {
    /// Where the run's files are while it goes on.
    public let path: String
    private let folder: RunFolder
    private let lock: FolderLock
    private let metrics: LineFile
    private let started = ActiveRun.now()

    /// Where what was trained is to be written; the folder is made by who writes it.
    public var adapterPath: String { "\(path)/adapter" }
    /// Where a model that was trained from nothing is to be written, as a checkpoint of its own.
    public var modelPath: String { "\(path)/model" }
    /// Where the state is to be kept while the run goes on; the folder is made by who writes it, and removed when the run finishes.
    public var checkpointPath: String { "\(path)/checkpoint" }

    init(_ folder: RunFolder, at path: String, manifest: String, _ record: RunRecord) throws(ResultError) {
        self.folder = folder
        self.path = path
        let prepared: (FolderLock, LineFile)?
        do { prepared = try Self.prepare(path, manifest: manifest) } catch { throw .file(error) }
        guard let (lock, metrics) = prepared else { throw .inProgress(path: folder.path) }
        (self.lock, self.metrics) = (lock, metrics)
        do { try write(record, .running) } catch { throw .file(error) }
    }

    /// Makes the folder, locks it and empties it of earlier attempts; nil when another process holds it or has just finished it.
    private static func prepare(_ path: String, manifest: String) throws(FileError) -> (FolderLock, LineFile)? {
        try Folder.make(path)
        guard let lock = try FolderLock(path) else { return nil }
        // It may have been finished by the process that held the lock a moment ago; that result is not ours to remove.
        if try isFinished(path) { return nil }
        for leftOver in ["result.json", "predictions.jsonl", "adapter", "checkpoint", "model"] {
            try Folder.remove("\(path)/\(leftOver)")
        }
        try AtomicFile.write(manifest, to: "\(path)/manifest.yaml")
        return (lock, try LineFile(replacing: "\(path)/metrics.jsonl"))
    }

    private static func isFinished(_ path: String) throws(FileError) -> Bool {
        let file = "\(path)/result.json"
        guard FileContents.exists(file) else { return false }
        let text = try FileContents.text(at: file)
        return (try? RunRecord(text, file: file))?.status == .finished
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

    /// Writes `predictions.jsonl`, one line per example.
    public func write(predictions: [JSON]) throws(ResultError) {
        try checkPresence()
        let text = predictions.map { $0.compactText + "\n" }.joined()
        do { try AtomicFile.write(text, to: "\(path)/predictions.jsonl") } catch { throw .file(error) }
    }

    /// Ends the run well: the record says so, and the folder takes the place of an earlier result.
    /// - Returns: the record as it was written.
    @discardableResult
    public func finish(_ record: RunRecord) throws(ResultError) -> RunRecord {
        try checkPresence()
        do {
            try Folder.remove(checkpointPath)
            let written = try write(record, .finished)
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
        record.started = started
        record.ended = status == .running ? nil : Self.now()
        try AtomicFile.write(record.text, to: "\(path)/result.json")
        return record
    }

    /// The time in UTC, as in `2026-01-31T23:59:59Z`.
    private static func now() -> String {
        Date().formatted(.iso8601)
    }
}
