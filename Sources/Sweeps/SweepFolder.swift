import Files
import YAML

/// The hidden folder in which the processes of a sweep meet.
///
///     results/<name>/.sweep/
///         claims/<run id>/1, 2, …          who works on which trial, for all sweeps of this name
///         failures/<run id>/1.json, …      attempts that failed, by the number of their claim
///         <sweep id>/sweep.json            the trials of one sweep
///         <sweep id>/<run id>.yaml         the resolved manifest of each
public struct SweepFolder: Hashable, Sendable {
    /// The folder of one sweep.
    public let path: String

    /// The folder of the sweep `id` of the experiment `name` among `results`.
    public init(results: String, name: String, id: String) { path = "\(results)/\(name)/.sweep/\(id)" }

    /// The folder at `path`: of a sweep, or of an experiment that has one.
    /// - Throws: `SweepError` where it is neither.
    public init(existing path: String) throws {
        if FileContents.exists("\(path)/sweep.json") {
            self.path = path
            return
        }
        let shared = "\(path)/.sweep"
        let sweeps = ((try? Folder.names(in: shared)) ?? []).filter {
            FileContents.exists("\(shared)/\($0)/sweep.json")
        }
        guard let only = sweeps.first else {
            throw SweepError(
                Folder.exists(path)
                    ? "'\(path)' holds no sweep; give the folder that 'peftexp sweep' names, results/<name>/.sweep/<id>"
                    : "there is no folder '\(path)'")
        }
        guard sweeps.count == 1 else {
            let choices = sweeps.map { "\(shared)/\($0)" }.joined(separator: ", ")
            throw SweepError("'\(path)' holds \(sweeps.count) sweeps; give one of \(choices)")
        }
        self.path = "\(shared)/\(only)"
    }

    private var shared: String { Folder.parent(of: path) }

    /// The folder of all results.
    public var results: String { Folder.parent(of: Folder.parent(of: shared)) }

    /// Who works on which trial.
    public func claims(lease: Double = 60) -> ClaimBook { ClaimBook("\(shared)/claims", lease: lease) }

    /// The file with a trial's resolved manifest.
    public func manifestPath(_ trial: String) -> String { "\(path)/\(trial).yaml" }

    /// Writes what the sweep is, and the resolved manifests of trials by their ids.
    public func write(_ record: SweepRecord, manifests: [String: String]) throws(FileError) {
        try Folder.make(path)
        // Most stand there already when a sweep goes on, and writing safely takes its time.
        for (trial, text) in manifests where (try? FileContents.text(at: manifestPath(trial))) != text {
            try AtomicFile.write(text, to: manifestPath(trial))
        }
        try AtomicFile.write(record.text, to: "\(path)/sweep.json")
    }

    /// What the sweep is.
    public func record() throws -> SweepRecord {
        let file = "\(path)/sweep.json"
        return try SweepRecord(try FileContents.text(at: file), file: file)
    }

    private func failuresPath(_ trial: String) -> String { "\(shared)/failures/\(trial)" }

    /// The attempts at a trial that failed, the first one first.
    public func failures(of trial: String) throws(FileError) -> [Failure] {
        let folder = failuresPath(trial)
        let names: [String]
        do { names = try Folder.names(in: folder) } catch {
            if error.isMissingFile { return [] }
            throw error
        }
        let generations = names.compactMap { Int($0.split(separator: ".").first ?? "") }.sorted()
        var failures: [Failure] = []
        for generation in generations {
            failures.append(Failure(try FileContents.text(at: "\(folder)/\(generation).json")))
        }
        return failures
    }

    /// Notes that the attempt under a claim failed.
    public func add(_ failure: Failure, of trial: String, generation: Int) throws(FileError) {
        let folder = failuresPath(trial)
        try Folder.make(folder)
        try AtomicFile.write(failure.text, to: "\(folder)/\(generation).json")
    }

    /// Forgets the attempts at a trial that failed, so that it is tried again.
    public func forgetFailures(of trial: String) throws(FileError) { try Folder.remove(failuresPath(trial)) }
}

/// What keeps a sweep from being worked on.
public struct SweepError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, and what to do.
    public let description: String

    /// A sweep that cannot be worked on, since `description`.
    public init(_ description: String) { self.description = description }
}
