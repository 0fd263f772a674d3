import YAML

/// One line of `metrics.jsonl`: a step and what was measured there.
public struct MetricsLine: Equatable, Sendable {
    /// Optimizer steps done so far.
    public var step: Int
    /// What was measured, by name; a value that is not finite is written as `null`.
    public var values: [String: Double]

    /// What was measured at `step`, as in `eval_f1`.
    public init(step: Int, _ values: [String: Double]) {
        self.step = step
        self.values = values
    }

    /// A training step: its loss and learning rate, and what else was measured.
    public init(step: Int, loss: Double, learningRate: Double, _ others: [String: Double] = [:]) {
        self.init(step: step, others.merging(["loss": loss, "learning_rate": learningRate]) { _, named in named })
    }

    /// The line, keys sorted, without its line break.
    public var text: String {
        var object = values.mapValues(JSON.number)
        object["step"] = .integer(step)
        return JSON.object(object).compactText
    }
}
