import Configuration
import Files
import YAML

/// What a sweep's folder says of it, for the processes that work on it.
public struct SweepRecord: Equatable, Sendable {
    /// One trial.
    public struct Trial: Equatable, Sendable {
        /// The run it is.
        public var id: String
        /// What it changes of the manifest: as its user tells it apart, and as `key=value` for the command line.
        public var title: String, overrides: [String]
        /// Bytes, seconds and steps that its plan foresees, where it was planned.
        public var peakBytes: Int?, seconds: Double?, steps: Int?

        /// A trial that is not planned yet.
        public init(id: String, title: String, overrides: [String]) {
            self.id = id
            self.title = title
            self.overrides = overrides
        }
    }

    /// The experiment's name, and its manifest as it was named.
    public var name: String, manifest: String
    /// The trials, in the order in which they are taken.
    public var trials: [Trial]
    /// How often a failed trial is tried again.
    public var retries: Int
    /// Seconds that an attempt at a trial may take.
    public var timeLimit: Double?
    /// Seconds over this limit after which an attempt that does not end by itself is ended.
    public var killTime: Double
    /// The rule that ends trials before their time.
    public var earlyStopping: Tagged<StoppingEntry>?

    /// A sweep of these trials.
    public init(
        name: String, manifest: String, trials: [Trial], retries: Int = 1, timeLimit: Double? = nil,
        killTime: Double = 60, earlyStopping: Tagged<StoppingEntry>? = nil
    ) {
        self.name = name
        self.manifest = manifest
        self.trials = trials
        self.retries = retries
        self.timeLimit = timeLimit
        self.killTime = killTime
        self.earlyStopping = earlyStopping
    }

    /// What tells sweeps of one name apart: their trials and the rule that ends them.
    public var id: String {
        let rule = ruleJSON.compactText
        let text = (["peftexp sweep 1", rule] + trials.map(\.id)).joined(separator: "\n")
        return String(SHA256.digest(of: text).hex.prefix(12))
    }
}

extension SweepRecord {
    var text: String {
        let trials = trials.map { trial -> JSON in
            [
                "run_id": .string(trial.id), "title": .string(trial.title),
                "overrides": .array(trial.overrides.map { .string($0) }),
                "peak_rss_bytes": trial.peakBytes.map { .integer($0) } ?? .null,
                "seconds": trial.seconds.map { .number($0) } ?? .null,
                "steps": trial.steps.map { .integer($0) } ?? .null,
            ]
        }
        let object: JSON = [
            "name": .string(name), "manifest": .string(manifest), "trials": .array(trials),
            "retries": .integer(retries), "time_limit": timeLimit.map { .number($0) } ?? .null,
            "kill_after": .number(killTime), "early_stopping": ruleJSON,
        ]
        return object.prettyText
    }

    private var ruleJSON: JSON {
        guard let rule = earlyStopping, case .object(let values) = JSON(rule.settings.node()) else { return .null }
        return .object(values.merging(["strategy": .string(rule.name)]) { $1 })
    }

    /// Reads the text of a `sweep.json`; `file` names it in mistakes.
    init(_ text: String, file: String) throws {
        var diagnostics = Diagnostics()
        diagnostics.addSource(text, file: file)
        let node = try JSONText.parse(text, file: file)
        guard let name = node["name"]?.string, let list = node["trials"]?.elements else {
            throw TextError("this is no description of a sweep", at: node.location)
        }
        let trials = try list.map { node throws(TextError) in
            guard let id = node["run_id"]?.string else { throw TextError("a trial has no run_id", at: node.location) }
            var trial = Trial(
                id: id, title: node["title"]?.string ?? id,
                overrides: node["overrides"]?.elements?.compactMap(\.string) ?? [])
            trial.peakBytes = node["peak_rss_bytes"]?.integer
            trial.seconds = node["seconds"]?.number
            trial.steps = node["steps"]?.integer
            return trial
        }
        self.init(
            name: name, manifest: node["manifest"]?.string ?? "", trials: trials,
            retries: node["retries"]?.integer ?? 0, timeLimit: node["time_limit"]?.number,
            killTime: node["kill_after"]?.number ?? 60)
        if let rule = node["early_stopping"], !rule.isNull {
            earlyStopping = Tagged(rule, tag: "strategy", stoppingRules, &diagnostics)
        }
        try diagnostics.check()
    }
}
