import Models
import NN
import Results

/// What a run has kept, for those who read it later than they are made.
final class KeptActivations {
    /// Of what is trained on, and of what is scored on.
    private(set) var training: ActivationTable?, evaluation: ActivationTable?
    /// What became of the plan.
    private(set) var uses: [String: ActivationUse] = [:]
    /// Seconds that it took.
    private(set) var seconds = 0.0

    /// Computes or finds what is to be kept.
    ///
    /// - Parameter isTraining: whether any step is left.
    /// - Returns: what was kept or why nothing was, in a sentence for each data set.
    func fill(_ keeper: ActivationKeeper, _ assembly: Assembly, isTraining: Bool) throws -> String {
        let plan = assembly.activations
        let clock = ContinuousClock()
        let start = clock.now
        defer { seconds = (clock.now - start) / .seconds(1) }
        var training = plan.training
        if isTraining {
            self.training = try keeper.table(assembly.training.features, &training, plan.trainingFile)
        }
        var sets = [("train", "training", training)]
        if let data = assembly.evaluation?.data, var evaluation = plan.evaluation {
            self.evaluation = try keeper.table(data.features, &evaluation, plan.evaluationFile)
            sets.append(("eval", "evaluation", evaluation))
        }
        for (key, _, use) in sets { uses[key] = ActivationUse(use, plan.part) }
        return plan.text(sets.map { ($0.1, $0.2) }, isDone: true)
    }
}

extension ActivationUse {
    init(_ use: ActivationPlan.Use, _ part: FrozenPart) {
        self.init()
        place = use.place ?? .off
        if use.place == nil { reason = use.reason } else { (layer, bytes) = (part.layer, use.bytes) }
    }
}

extension ActivationPlan {
    /// What is kept of each data set, or why it is not.
    ///
    /// - Parameter isDone: whether it has been computed.
    func text(_ sets: [(name: String, use: Use)], isDone: Bool) -> String {
        let reasons = Set(sets.map(\.use.reason))
        if reasons.count == 1, let reason = reasons.first ?? nil { return "No activations are kept: \(reason)." }
        let parts = sets.map { name, use in
            guard let place = use.place else { return "none for \(name), as \(use.reason ?? "")" }
            let origin = use.isStored ? (isDone ? ", found there" : ", where they may be") : ""
            return "\(FigureText.bytes(use.bytes)) \(place == .disk ? "on disk" : "in memory") for \(name)\(origin)"
        }
        return "Activations kept, computed once \(part.words): \(parts.joined(separator: "; "))."
    }

    /// What is to be kept, or why it is not.
    public var text: String {
        text([("training", training)] + (evaluation.map { [("evaluation", $0)] } ?? []), isDone: false)
    }
}
