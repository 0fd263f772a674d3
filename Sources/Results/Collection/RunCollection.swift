import Files
import YAML

/// The runs below folders, whatever became of them.
public struct RunCollection: Sendable {
    /// The runs, in the order of the folders and the names in them.
    public private(set) var runs: [StoredRun] = []
    /// What looked like a run and can not be used, and why.
    public private(set) var problems: [String] = []

    /// Folders may stand inside each other this deep; a link may lead in a circle.
    private static let depthLimit = 12

    /// Runs that somebody else has read.
    init(runs: [StoredRun]) {
        self.runs = runs
    }

    /// Reads every run in or below the folders; what is hidden is passed over.
    ///
    /// A run that was copied counts once. Two results of the same run that say different things count not at all.
    /// - Throws: `RequestError` where there is no such folder.
    public init(_ folders: [String]) throws(RequestError) {
        for folder in folders {
            guard Folder.exists(folder) else {
                throw RequestError(
                    FileContents.exists(folder)
                        ? "'\(folder)' is a file; give a folder of results" : "there is no folder '\(folder)'")
            }
            visit(folder.last == "/" && folder.count > 1 ? String(folder.dropLast()) : folder, depth: 0)
        }
        settleRepeated()
    }

    private mutating func visit(_ folder: String, depth: Int) {
        if FileContents.exists("\(folder)/result.json") {
            do { runs.append(try StoredRun(folder)) } catch { problems.append("\(error)") }
            return
        }
        if FileContents.exists("\(folder)/manifest.yaml"), RunID(Folder.name(of: folder)) != nil {
            problems.append("'\(folder)' holds a manifest.yaml and no result.json; copy the whole folder, or remove it")
            return
        }
        guard depth < Self.depthLimit else { return }
        do {
            for name in try Folder.names(in: folder) where Folder.exists("\(folder)/\(name)") {
                visit("\(folder)/\(name)", depth: depth + 1)
            }
        } catch {
            problems.append("\(error)")
        }
    }

    /// Leaves one of several results of a run: the finished one, or none where two disagree.
    private mutating func settleRepeated() {
        var places: [RunID: [Int]] = [:]
        for (place, run) in runs.enumerated() { places[run.record.runID, default: []].append(place) }
        var dropped: Set<Int> = []
        for (id, places) in places.sorted(by: { $0.key.text < $1.key.text }) where places.count > 1 {
            let finished = places.filter { runs[$0].record.status == .finished }
            guard let kept = finished.first ?? places.first else { continue }
            dropped.formUnion(places.filter { $0 != kept })
            if let other = finished.first(where: { !runs[kept].record.hasSameOutcome(as: runs[$0].record) }) {
                dropped.insert(kept)
                problems.append(
                    "two results of run \(id) say different things: '\(runs[kept].place)/result.json' and "
                        + "'\(runs[other].place)/result.json'; remove the wrong one")
            }
        }
        runs = runs.enumerated().filter { !dropped.contains($0.offset) }.map(\.element)
    }
}

extension RunRecord {
    /// Whether both say that the same came out; how long it took may differ.
    fileprivate func hasSameOutcome(as other: RunRecord) -> Bool {
        status == other.status && metrics == other.metrics && steps == other.steps
    }
}

/// Something asked for that is not there, or files named for it that can not serve.
public struct RequestError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, where, and what to do.
    public let message: String
    /// What was perhaps meant.
    public let suggestion: String?

    /// The mistake `message`.
    init(_ message: String, suggestion: String? = nil) {
        self.message = message
        self.suggestion = suggestion
    }

    /// `there is no column 'acuracy'; did you mean 'accuracy'?`
    public var description: String { message + (suggestion.map { "; did you mean '\($0)'?" } ?? "") }
}
