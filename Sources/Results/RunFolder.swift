import Files
import YAML

/// The folder `results/<name>/<run-id>/` of one run.
public struct RunFolder: Hashable, Sendable {
    /// The folder's path.
    public let path: String
    /// The run it belongs to.
    public let id: RunID

    /// Where a forced repetition of a finished run works until it has finished itself.
    var repetitionPath: String { "\(Folder.parent(of: path))/.\(id)-again" }

    /// The folder of run `id` of the experiment `name` among `results`; nothing is made yet.
    public init(results: String, name: String, id: RunID) throws(ResultError) {
        guard Self.isValid(name: name) else { throw .badName(name) }
        path = "\(results)/\(name)/\(id)"
        self.id = id
    }

    /// Whether an experiment can have this name: it becomes a folder's, so it may not lead elsewhere.
    public static func isValid(name: String) -> Bool {
        let scalars = name.unicodeScalars
        guard let first = scalars.first, first != ".", first != "-", name.utf8.count <= 128 else { return false }
        return scalars.allSatisfy {
            $0.properties.isAlphabetic || $0.properties.numericType != nil || "-_.".contains(Character($0))
        }
    }

    /// What `result.json` says; nil when there is none yet.
    public func record() throws(ResultError) -> RunRecord? {
        try completeRepetition()
        guard let record = try Self.record(in: path) else { return nil }
        guard record.runID == id else { throw .foreign(path: path, found: record.runID) }
        return record
    }

    /// The record, when the run has finished.
    public func finishedRecord() throws(ResultError) -> RunRecord? {
        try record().flatMap { $0.status == .finished ? $0 : nil }
    }

    /// Starts the run: what an earlier attempt has trained stays to be gone on with, a finished result stays until this run has
    /// finished.
    ///
    /// - Parameters:
    ///   - manifest: the resolved manifest's text.
    ///   - record: what is known at the start.
    ///   - isFresh: whether what earlier attempts have trained is let go; the repetition of a finished run always is.
    public func start(
        manifest: String, _ record: RunRecord, isFresh: Bool = false
    ) throws(ResultError) -> ActiveRun {
        let isRepetition = try finishedRecord() != nil
        return try ActiveRun(
            self, at: isRepetition ? repetitionPath : path, manifest: manifest, record,
            isFresh: isFresh || isRepetition)
    }

    /// Removes the checkpoint of a finished run, should its process have been killed before it did so.
    public func removeLeftOvers() {
        try? Folder.remove("\(path)/checkpoint")
    }

    /// Puts a finished repetition in its place, should its process have been killed while it did so.
    private func completeRepetition() throws(ResultError) {
        guard !Folder.exists(path), Folder.exists(repetitionPath),
            try Self.record(in: repetitionPath)?.status == .finished
        else { return }
        do { try Folder.move(repetitionPath, replacing: path) } catch { throw .file(error) }
    }

    private static func record(in path: String) throws(ResultError) -> RunRecord? {
        let file = "\(path)/result.json"
        let text: String
        do {
            text = try FileContents.text(at: file)
        } catch {
            if error.isMissingFile { return nil }
            throw .file(error)
        }
        do {
            return try RunRecord(text, file: file)
        } catch {
            throw .damaged(error)
        }
    }
}
