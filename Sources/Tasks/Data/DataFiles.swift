import Configuration

/// The keys of `data:` that every format has.
public struct DataFiles: Config {
    /// What is trained on.
    public var train = ""
    /// What the result is scored on.
    public var eval: String?
    /// Only the first so many training examples.
    public var maxTrainSamples: Int?
    /// Only the first so many evaluation examples.
    public var maxEvalSamples: Int?
    /// What becomes of rows that cannot be read.
    public var onError = RowFaults.Policy.stop

    /// The defaults.
    public init() {}

    /// The keys.
    public static let fields: [Field<Self>] = [
        .path("train", \.train, "File to train on.", required: true),
        .path("eval", \.eval, "File to score on; without one nothing is scored."),
        .integer("max_train_samples", \.maxTrainSamples, in: 1..., "Train on the first so many examples only."),
        .integer("max_eval_samples", \.maxEvalSamples, in: 1..., "Score on the first so many examples only."),
        .choice(
            "on_error", \.onError, "What becomes of a row that cannot be read: stop, or skip it and tell at the end."),
    ]
}

/// The section `data:` of one format.
struct FormatSettings<Own: Config>: Config {
    /// What every format has.
    var files = DataFiles()
    /// What only this format has.
    var own = Own()

    static var fields: [Field<Self>] { Field.within(\.files) + Field.within(\.own) }
}

/// The keys of a format that has none of its own.
public struct NoFormatSettings: Config {
    /// Nothing.
    public init() {}
    /// No key.
    public static let fields: [Field<Self>] = []
}
