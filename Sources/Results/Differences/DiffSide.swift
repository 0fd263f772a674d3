import Configuration
import Files
import YAML

/// One side of a comparison: the finished runs that a word stands for.
public struct DiffSide: Sendable {
    /// The word, as it was typed.
    public let name: String
    /// The finished runs, those of the same settings together.
    let groups: [RunGroup]
    /// What was left out, and why.
    let notes: [String]

    /// Finds the runs of `word`: a folder of runs, a table in a `.json` or `.csv` file, or among `results` the name of an experiment
    /// or a run's id or its beginning.
    ///
    /// - Throws: what is wrong with the word, or with the files it stands for.
    public init(_ word: String, results: String) throws {
        let runs = try Self.runs(word, results: results)
        let finished = runs.filter { $0.record.status == .finished }
        guard !finished.isEmpty else {
            let states = Set(runs.map(\.record.status.rawValue)).sorted().joined(separator: " and ")
            throw RequestError(
                runs.isEmpty
                    ? "there are no runs in '\(word)'"
                    : "no run in '\(word)' has finished: \(runs.count == 1 ? "it is" : "they are") \(states)")
        }
        name = word
        groups = RunGroup.groups(of: finished)
        notes = runs.filter { $0.record.status != .finished }.map { run in
            "left out, since it is \(run.record.status.rawValue): \(run.place)"
        }
    }

    private static func runs(_ word: String, results: String) throws -> [StoredRun] {
        if FileContents.exists(word) { return try TableFile(word).runs }
        for folder in [word, "\(results)/\(word)"] where Folder.exists(folder) && !word.isEmpty {
            let collection = try RunCollection([folder])
            if let problem = collection.problems.first { throw RequestError(problem) }
            return collection.runs
        }
        let known = Folder.exists(results) ? try RunCollection([results]).runs : []
        let found = word.count >= 4 ? known.filter { $0.record.runID.text.hasPrefix(word) } : []
        if found.count == 1 { return found }
        if found.count > 1 {
            let ids = found.prefix(4).map(\.record.runID.text).joined(separator: ", ")
            throw RequestError("'\(word)' may be any of the runs \(ids); write more of the id")
        }
        throw RequestError(
            "there is no folder, table or run '\(word)' here or in '\(results)'",
            suggestion: Suggestion.nearest(to: word, among: known.map(\.record.name) + known.map(\.record.runID.text)))
    }

    /// All runs.
    var runs: [StoredRun] { groups.flatMap(\.runs) }
}
