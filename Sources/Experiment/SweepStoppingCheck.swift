import Configuration
import Sweeps
import Training
import YAML

/// What a rule that ends trials needs of each of them: evaluations to look at, and a measure that they give.
struct SweepStoppingCheck {
    private let rule: Tagged<StoppingEntry>?
    private let root: Node

    /// - Parameter root: the manifest in which the rule stands.
    init(_ rule: Tagged<StoppingEntry>?, _ root: Node) {
        self.rule = rule?.name == "none" ? nil : rule
        self.root = root
    }

    /// Checks the trial in `node`, as far as it can be read, whatever else is wrong with it.
    func run(_ node: Node, _ texts: Diagnostics, _ mistakes: inout SweepMistakes) {
        guard let rule else { return }
        var unread = texts
        let manifest = Manifest(node, &unread)
        func report(_ message: String, _ key: String) {
            mistakes.add(TextError(message, at: root.location(of: "sweep.early_stopping\(key)")))
        }
        if manifest.files.eval == nil, !unread.isInDoubt("data") {
            report("early stopping looks at evaluations: give 'data.eval'", "")
        } else if manifest.train.evaluationStrategy == .no, !unread.isInDoubt("train.eval_strategy") {
            report("early stopping looks at evaluations before the end: set train.eval_strategy to epoch or steps", "")
        }
        guard let task = manifest.task, !unread.isInDoubt("task") else { return }
        let known = task.entry.make(task.settings).metrics.map(\.name)
        if let metric = rule.entry.make(rule.settings).metric, !known.contains(metric) {
            let near = Suggestion.nearest(to: metric, among: known).map { "; did you mean '\($0)'?" }
            report(
                "'sweep.early_stopping.metric': \(task.name) gives no '\(metric)'"
                    + (near ?? "; it gives \(known.joined(separator: ", "))"), ".metric")
        }
    }
}
