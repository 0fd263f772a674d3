import YAML

/// What `result.json` says of a run.
public struct RunRecord: Equatable, Sendable {
    /// How far a run has come.
    public enum Status: String, Sendable, CaseIterable {
        /// It has started; when its process is gone, it was killed.
        case running
        /// It went to its end; only such a record counts as a result.
        case finished
        /// An error ended it.
        case failed
        /// The user or the system ended it.
        case interrupted
        /// A sweep ended it early, since others did better.
        case pruned
    }

    /// What was foreseen for a figure, and what it came to.
    public struct Comparison: Equatable, Sendable {
        /// The plan's figure.
        public var planned: Double?
        /// The measured one.
        public var actual: Double?

        /// A figure foreseen as `planned` that came to `actual`.
        public init(planned: Double? = nil, actual: Double? = nil) {
            self.planned = planned
            self.actual = actual
        }
    }

    /// How far the run has come.
    public var status = Status.running
    /// The run's identity.
    public var runID: RunID
    /// The experiment's name, as in the manifest.
    public var name = ""
    /// The task, as in `QUESTION_ANS`.
    public var task = ""
    /// The method, as in `PREFIX_TUNING`.
    public var method = ""
    /// The backbone's family, as in `bert`.
    public var backbone = ""
    /// What the evaluation gave, by metric.
    public var metrics: [String: Double] = [:]
    /// Whether more is better, by metric; a metric that is not here is told by its name.
    public var greaterIsBetter: [String: Bool] = [:]
    /// How many numbers were trained.
    public var trainableParameters: Int?
    /// How many numbers the model has, trained ones included.
    public var totalParameters: Int?
    /// Optimizer steps done.
    public var steps: Int?
    /// The steps at which later attempts have gone on, in the order of the attempts; empty when one attempt did it all.
    public var resumedFromSteps: [Int] = []
    /// Seconds spent in training steps and in computing what is kept of frozen layers, of all attempts; what was trained after the checkpoint that was gone on from does not count.
    public var trainSeconds: Double?
    /// Real tokens of training steps over their time, after the first three steps of each attempt.
    public var tokensPerSecond: Double?
    /// The most memory the process held, of all attempts.
    public var peakResidentBytes: Int?
    /// Whether what frozen layers make of a data set was kept, by data set (`train`, `eval`).
    public var activations: [String: ActivationUse] = [:]
    /// When the run started, ISO 8601 in UTC.
    public var started: String?
    /// When it ended, ISO 8601 in UTC.
    public var ended: String?
    /// Why it failed.
    public var error: String?
    /// What ended it early, when it was pruned.
    public var stoppedBy: String?
    /// Versions of the program and its libraries, by name.
    public var versions: [String: String] = [:]
    /// The machine it ran on.
    public var machine = Machine()
    /// SHA-256 of data and checkpoint files, by role.
    public var hashes: [String: String] = [:]
    /// Plan against actual, by figure.
    public var plan: [String: Comparison] = [:]

    /// A run that has just started, with nothing known but its identity.
    public init(_ runID: RunID) {
        self.runID = runID
    }
}

extension RunRecord {
    /// Reads the text of a `result.json`; `file` names it in errors.
    public init(_ text: String, file: String) throws(TextError) {
        let node = try JSONText.parse(text, file: file)
        guard case .mapping = node.content else { throw TextError("a result must be an object", at: node.location) }
        guard let id = node["run_id"]?.string.flatMap({ RunID($0) }) else {
            throw TextError("'run_id' must be 12 hexadecimal digits", at: node["run_id"]?.location ?? node.location)
        }
        guard let status = node["status"]?.string.flatMap({ Status(rawValue: $0) }) else {
            let known = Status.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw TextError("'status' must be one of \(known)", at: node["status"]?.location ?? node.location)
        }
        self.init(id)
        self.status = status
        for field in Self.fields {
            if let value = node[field.key], !value.isNull { try field.read(value, &self) }
        }
    }

    /// The record as it is written: keys sorted, numbers that are not finite as `null`.
    public var text: String {
        json.prettyText
    }

    var json: JSON {
        var values: [String: JSON] = ["run_id": .string(runID.text), "status": .string(status.rawValue)]
        for field in Self.fields { values[field.key] = field.write(self) }
        return .object(values)
    }

    static let fields: [RecordField<Self>] = [
        .text("name", \.name),
        .text("task", \.task),
        .text("method", \.method),
        .text("backbone", \.backbone),
        .map(
            "metrics", \.metrics, read: { (node, key) throws(TextError) in try node.expect(\.number, key, "a number") },
            write: JSON.number),
        .map(
            "greater_is_better", \.greaterIsBetter,
            read: { (node, key) throws(TextError) in try node.expect(\.boolean, key, "true or false") },
            write: JSON.boolean),
        .integer("trainable_parameters", \.trainableParameters),
        .integer("total_parameters", \.totalParameters),
        .integer("steps", \.steps),
        .integers("resumed_from_steps", \.resumedFromSteps),
        .number("train_seconds", \.trainSeconds),
        .number("tokens_per_second", \.tokensPerSecond),
        .integer("peak_rss_bytes", \.peakResidentBytes),
        .map(
            "activation_cache", \.activations,
            read: { (node, key) throws(TextError) in try ActivationUse(node, key: key) }, write: { $0.json }),
        .text("started", \.started),
        .text("ended", \.ended),
        .text("error", \.error),
        .text("stopped_by", \.stoppedBy),
        .map(
            "versions", \.versions, read: { (node, key) throws(TextError) in try node.expect(\.string, key, "a text") },
            write: JSON.string),
        .section("machine", \.machine),
        .map(
            "hashes", \.hashes, read: { (node, key) throws(TextError) in try node.expect(\.string, key, "a text") },
            write: JSON.string),
        .map(
            "plan", \.plan, read: { (node, key) throws(TextError) in try Comparison(node, key: key) },
            write: { $0.json }),
    ]
}

extension RunRecord.Comparison: RecordSection {
    init() {
        self.init(planned: nil, actual: nil)
    }

    static let fields: [RecordField<Self>] = [.number("planned", \.planned), .number("actual", \.actual)]
}
