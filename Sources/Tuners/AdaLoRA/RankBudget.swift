import Foundation

/// How many ranks are left after a step.
///
///     budget(step) = target + (first - target) (1 - (step - tinit) / (last - tinit))³
struct RankBudget {
    private let settings: AdaLoRA.Settings
    private let first: Int
    private let last: Int
    private let target: Int

    /// - Parameters:
    ///   - first: the ranks of all targets together in the beginning.
    ///   - last: the step of the last allocation.
    ///   - count: the number of targets.
    init(_ settings: AdaLoRA.Settings, first: Int, last: Int, _ count: Int) {
        self.settings = settings
        self.first = first
        self.last = last
        target = min(first, settings.targetRank * count)
    }

    /// Whether ranks are shared out after this step, before the last time.
    func isDue(_ step: Int) -> Bool { step > settings.initialSteps && step % max(1, settings.interval) == 0 }

    /// The ranks of all targets together after this step.
    func ranks(_ step: Int) -> Int {
        guard step > settings.initialSteps else { return first }
        guard step < last else { return target }
        let rest = 1 - Double(step - settings.initialSteps) / Double(last - settings.initialSteps)
        return Int(Double(first - target) * pow(rest, 3) + Double(target))
    }
}
