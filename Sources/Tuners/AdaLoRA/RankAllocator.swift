import NN
import Tensors

/// AdaLoRA's budget of ranks, shared out anew after updates, as PEFT does.
///
/// Each weight has a mean sensitivity and a mean uncertainty of that, from the gradient `g` that the optimizer used:
///
///     s = |w g|        S = beta1 S + (1 - beta1) s        U = beta2 U + (1 - beta2) |s - S|
///
/// The importance of a triplet is `S U` of its singular value, plus the mean of `S U` over its row of `A`, plus that over its column
/// of `B`. The least important ones beyond the budget get a singular value of zero; the optimizer may raise it again until the
/// last allocation, `tfinal` steps before the end. The budget falls from the first ranks to `target_r` along a cubic curve.
final class RankAllocator: StepObserver {
    private let triplets: [AdaLoRAMap.Triplets]
    private let settings: AdaLoRA.Settings
    private var importance: [String: ImportanceMean] = [:]
    /// Which ranks of each target were left by the last allocation, by the target's path; empty before the first.
    private(set) var kept: [String: [Bool]] = [:]
    /// The steps that the budget was planned for; nil before the first.
    private(set) var plannedSteps: Int?

    init(_ triplets: [AdaLoRAMap.Triplets], _ settings: AdaLoRA.Settings) {
        self.triplets = triplets
        self.settings = settings
    }

    func didStep(_ step: Int, of totalSteps: Int, gradientScale: Float) {
        let planned = settings.totalSteps ?? totalSteps
        plannedSteps = planned
        let last = planned - settings.finalSteps
        if step < last { observe(gradientScale) }
        let budget = RankBudget(
            settings, first: triplets.reduce(0) { $0 + $1.values.shape.count }, last: last, triplets.count)
        if step == last || step < last && budget.isDue(step) {
            allocate(budget.ranks(step))
        } else if step > last {
            mask()
        }
        if step == last { importance = [:] }
    }

    /// Takes the gradients of the last update into the means.
    private func observe(_ scale: Float) {
        for triplet in triplets {
            for parameter in [triplet.down, triplet.up, triplet.values] {
                guard let gradient = parameter.variable.gradient else { continue }
                importance[parameter.path, default: ImportanceMean(parameter.shape)].add(
                    weight: parameter.variable.value, gradient: gradient, gradientScale: scale, settings)
            }
        }
    }

    /// Leaves the `budget` most important ranks.
    private func allocate(_ budget: Int) {
        let scores = triplets.map(scores)
        let all = scores.flatMap(\.self).sorted()
        let dropped = all.count - budget
        // What is as little important as the last one that must go, goes too.
        let threshold = dropped > 0 && dropped <= all.count ? all[dropped - 1] : -.infinity
        for (triplet, scores) in zip(triplets, scores) { kept[triplet.path] = scores.map { $0 > threshold } }
        mask()
    }

    /// The importance of each rank of a target.
    private func scores(_ triplet: AdaLoRAMap.Triplets) -> [Float] {
        guard let values = importance[triplet.values.path]?.products,
            let down = importance[triplet.down.path]?.products,
            let up = importance[triplet.up.path]?.products
        else { return [Float](repeating: 0, count: triplet.values.shape.count) }
        let (rows, columns) = (down.shape.columns, up.shape.rows)
        let downSums = Kernels.rowDots(down, Tensor(down.shape, repeating: 1)).array
        let upSums = Kernels.columnSums(up).array
        return values.array.indices.map { rank in
            values[rank, 0] + (downSums[rank] / Float(rows) + upSums[rank] / Float(columns))
        }
    }

    /// Sets the singular values that were not left to zero.
    private func mask() {
        for triplet in triplets {
            guard let kept = kept[triplet.path] else { continue }
            triplet.values.variable.value.withMutableSpan { values in
                for rank in kept.indices where !kept[rank] { values[rank] = 0 }
            }
        }
    }

    var state: [String: Tensor] {
        get {
            var state: [String: Tensor] = [:]
            for (path, mean) in importance {
                state["\(path).sensitivity"] = mean.sensitivity
                state["\(path).uncertainty"] = mean.uncertainty
            }
            if let plannedSteps {
                // Two digits of base 65536, since a float holds no large whole number.
                state["planned_steps"] = Tensor([2], [Float(plannedSteps / 65536), Float(plannedSteps % 65536)])
            }
            for (path, kept) in kept { state["\(path).kept"] = Tensor([kept.count], kept.map { $0 ? 1 : 0 }) }
            return state
        }
        set {
            (importance, kept) = ([:], [:])
            plannedSteps = newValue["planned_steps"].map { Int($0[0, 0]) * 65536 + Int($0[0, 1]) }
            for triplet in triplets {
                for parameter in [triplet.down, triplet.up, triplet.values] {
                    guard let sensitivity = newValue["\(parameter.path).sensitivity"],
                        let uncertainty = newValue["\(parameter.path).uncertainty"]
                    else { continue }
                    importance[parameter.path] = ImportanceMean(sensitivity: sensitivity, uncertainty: uncertainty)
                }
                kept[triplet.path] = newValue["\(triplet.path).kept"]?.array.map { $0 > 0 }
            }
        }
    }
}
