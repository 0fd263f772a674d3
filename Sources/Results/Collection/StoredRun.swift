import Files
import YAML

/// A run read back from its folder.
public struct StoredRun: Sendable {
    /// The folder; nil for a run that is known from a table only.
    public let path: String?
    /// What it is called in messages: its folder, or its line of a table.
    public let place: String
    /// What `result.json` says.
    public let record: RunRecord
    /// What `manifest.yaml` says.
    public let settings: Settings
    /// The same as `record`, by dotted names as in `metrics.f1`.
    let facts: Settings
    /// The metrics of a row that stands for several runs.
    let samples: [String: Sample]

    init(
        path: String?, place: String, _ record: RunRecord, _ settings: Settings, samples: [String: Sample] = [:]
    ) {
        self.path = path
        self.place = place
        self.record = record
        self.settings = settings
        self.samples = samples
        facts = Settings(Node(record.json))
    }

    /// Reads the run in the folder `path`, which holds a `result.json`.
    public init(_ path: String) throws(ResultError) {
        record = try Self.record(in: path)
        settings = try Self.settings(in: path)
        self.path = path
        place = path
        samples = [:]
        facts = Settings(Node(record.json))
        if let id = RunID(Folder.name(of: path)), id != record.runID {
            throw .foreign(path: path, found: record.runID)
        }
    }

    private static func record(in path: String) throws(ResultError) -> RunRecord {
        let file = "\(path)/result.json"
        let contents: String
        do { contents = try FileContents.text(at: file) } catch { throw .file(error) }
        do { return try RunRecord(contents, file: file) } catch { throw .damaged(error) }
    }

    private static func settings(in path: String) throws(ResultError) -> Settings {
        let file = "\(path)/manifest.yaml"
        let contents: String
        do { contents = try FileContents.text(at: file) } catch {
            throw error.isMissingFile ? .noManifest(path: path) : .file(error)
        }
        do { return Settings(try YAMLText.parse(contents, file: file)) } catch { throw .damaged(error) }
    }

    /// The seed, if the run had one.
    public var seed: JSON? { settings[Settings.seedKey] }

    /// Whether more of a metric is better, by what the record says or else by its name.
    func isHigherBetter(_ metric: String) -> Bool {
        record.greaterIsBetter[metric]
            ?? !["loss", "perplexity", "mse"].contains { metric == $0 || metric.hasSuffix("_\($0)") }
    }

    /// How the keys begin that say when checkpoints are written: no result depends on them.
    private static let idlePrefix = "train.save_"

    /// What a setting is about, for comparing runs: of a path what stood there, where that is known, since the same files may lie
    /// elsewhere on another machine. Nil for what is not set, and for what no result depends on.
    func content(of key: String) -> JSON? {
        guard let value = settings[key], value != .null, !key.hasPrefix(Self.idlePrefix) else { return nil }
        switch key {
        case "model.path":
            let hashes = record.hashes.filter { $0.key.hasPrefix("model/") }
            return hashes.isEmpty ? value : .object(hashes.mapValues(JSON.string))
        default: return record.hashes[key].map(JSON.string) ?? value
        }
    }

    /// The settings that make a run comparable with others of the same group: all but the seed, paths by what stood there.
    var identity: [String: JSON] {
        var identity: [String: JSON] = [:]
        for setting in settings.list where setting.key != Settings.seedKey {
            // A whole number and the same number with a point are one setting.
            identity[setting.key] = content(of: setting.key).map { $0.double.map(JSON.number) ?? $0 }
        }
        return identity
    }

    /// What the run was scored on: runs that differ here have no common measure.
    var evaluation: [String] {
        let limit = settings["data.max_eval_samples"].flatMap { $0 == .null ? nil : $0.compactText }
        return [record.task, content(of: "data.eval")?.compactText ?? "", limit ?? ""]
    }
}
