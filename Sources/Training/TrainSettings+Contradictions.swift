import Configuration

extension TrainSettings {
    /// Keys that are right alone and not together; whoever read the manifest reports them where they stand.
    public var contradictions: [Contradiction] {
        var found: [Contradiction] = []
        let defaults = TrainSettings()
        let inputs = schedules.first { $0.name == scheduler }?.inputs ?? []
        if !inputs.contains(.warmup) {
            for (key, isSet) in [("warmup_steps", warmupSteps > 0), ("warmup_ratio", warmupRatio > 0)] where isSet {
                let advice = scheduler == "constant" ? "; did you mean 'constant_with_warmup'?" : ""
                found.append(
                    Contradiction(
                        key: key, with: "lr_scheduler_type",
                        message: "the schedule '\(scheduler)' has no warm-up\(advice)"))
            }
        }
        if !inputs.contains(.gamma) && gamma != defaults.gamma {
            let message = "the schedule '\(scheduler)' does not read it; it belongs to 'exponential'"
            found.append(Contradiction(key: "lr_gamma", with: "lr_scheduler_type", message: message))
        }
        switch (evaluationStrategy, evaluationSteps) {
        case (.steps, nil):
            found.append(
                Contradiction(key: "eval_strategy", with: "eval_steps", message: "'steps' needs eval_steps beside it"))
        case (.no, _?), (.epoch, _?):
            let message = "it is read only with 'eval_strategy: steps'"
            found.append(Contradiction(key: "eval_steps", with: "eval_strategy", message: message))
        default: break
        }
        if evaluationStrategy == .no && patience != nil {
            let message = "without evaluations there is nothing to wait for; set eval_strategy to 'epoch' or 'steps'"
            found.append(Contradiction(key: "early_stopping_patience", with: "eval_strategy", message: message))
        }
        if patience == nil && patienceThreshold != defaults.patienceThreshold {
            let message = "it is read only with early_stopping_patience"
            found.append(
                Contradiction(key: "early_stopping_threshold", with: "early_stopping_patience", message: message))
        }
        return found + saving.contradictions + activations.contradictions
    }
}
