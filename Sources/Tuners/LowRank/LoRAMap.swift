import Autograd
import NN
import Tensors

/// One linear map with its update.
struct LoRAMap {
    private let site: LinearSite
    private let size: LoRASize
    private let rate: Float
    /// `[rank, inputs]`
    private let down: Parameter
    /// `[outputs, rank]`
    private let up: Parameter
    /// `[outputs]`
    private let magnitude: Parameter?

    /// Declares the parameters of the update at `site`.
    init(_ site: LinearSite, _ size: LoRASize, _ settings: LoRA.Settings, in graph: TunerGraph) throws {
        (self.site, self.size, rate) = (site, size, Float(settings.dropout))
        let (scope, rank, start) = (graph.scope(site.path), size.rank, settings.start)
        let isRandom = start == .random || start == .bothNonzero
        // Kaiming uniform with a = √5 is PyTorch's own start of linear maps.
        let (down, up) = (
            try scope["lora_A"].parameter(
                "weight", [rank, site.inputs],
                start == .gaussian ? .normal(deviation: 1 / Double(rank)) : .linear(inputs: site.inputs)),
            try scope["lora_B"].parameter("weight", [site.outputs, rank], isRandom ? .linear(inputs: rank) : .zeros)
        )
        (self.down, self.up) = (down, up)
        magnitude =
            settings.hasMagnitude
            ? try scope["lora_magnitude_vector"].parameter("weight", [site.outputs], .ones) : nil
        if start.movesWeight {
            down.keepsStart = true
            up.keepsStart = true
        }
        if start == .pissa { startAsSingularValues() }
        if start == .bothNonzero {
            let (site, scale) = (site, size.scale)
            site.weight.adjustStart { weight in
                _ = (down.variable, up.variable)
                guard let down = down.kept, let up = up.kept else { return weight }
                return LowRankUpdate(site: site, down: down, up: up, scale: scale).added(to: weight, sign: -1)
            }
        }
        let (own, isNeutral) = (self, !isRandom && start != .pissa)
        magnitude?.adjustStart { _ in own.lengths(isNeutral: isNeutral) }
    }

    /// The update as it is now.
    private var update: LowRankUpdate {
        LowRankUpdate(site: site, down: down.variable.value, up: up.variable.value, scale: size.scale)
    }

    /// The length of each output's weights with the update: `[outputs]`.
    ///
    /// - Parameter isNeutral: whether the update is known to be zero.
    private func lengths(isNeutral: Bool = false) -> Tensor {
        let weight = site.weight.variable.value
        return LowRankUpdate.lengths(of: isNeutral ? weight : update.added(to: weight), site.layout)
    }

    /// Moves the weight's largest singular values into the update, when the weight is first used.
    private func startAsSingularValues() {
        final class Found { var down: Tensor?, up: Tensor? }
        let (found, site, size) = (Found(), site, size)
        site.weight.adjustStart { weight in
            let matrix = site.layout == .outputsFirst ? weight : Kernels.transpose(weight)
            // A weight that is not finite stays as it is, and the first loss tells.
            guard let triplets = SingularTriplets(of: matrix, rank: size.rank) else { return weight }
            let roots = Tensor([size.rank], triplets.values.map { ($0 / size.scale).squareRoot() })
            let down = Kernels.scaleRows(triplets.right, by: roots)
            let up = Kernels.scaleColumns(triplets.left, by: roots)
            (found.down, found.up) = (down, up)
            return LowRankUpdate(site: site, down: down, up: up, scale: size.scale).added(to: weight, sign: -1)
        }
        down.adjustStart { random in
            _ = site.weight.variable
            return found.down ?? random
        }
        up.adjustStart { zero in
            _ = site.weight.variable
            return found.up ?? zero
        }
    }

    /// The map and the update.
    ///
    /// - Parameter x: `[rows, inputs]`
    /// - Returns: `[rows, outputs]`
    func callAsFunction(_ x: Variable, _ base: (Variable) -> Variable, _ pass: ForwardPass) -> Variable {
        let mask = pass.dropout(rate, at: site.path + ".lora")
        guard let magnitude else {
            return lowRank(
                x, down: down.variable, up: up.variable, scale: size.scale, dropout: mask, addedTo: base(x))
        }
        let norm = pass.once(site.path + ".lengths") { [Variable(lengths())] }[0].value
        guard let mask else {
            let sum = lowRank(
                x, down: down.variable, up: up.variable, scale: size.scale, dropout: nil, addedTo: base(x))
            return withMagnitude(sum, bias: site.bias?.variable, magnitude: magnitude.variable, norm: norm)
        }
        // What the length changes is the map of the dropped input; the map of the input itself stays.
        let dropped = dropout(x, mask)
        let plain = linear(dropped, weight: Variable(site.weight.variable.value), layout: site.layout, bias: nil)
        let sum = lowRank(
            dropped, down: down.variable, up: up.variable, scale: size.scale, dropout: nil, addedTo: plain)
        let scaled = withMagnitude(sum, bias: nil, magnitude: magnitude.variable, norm: norm)
        return base(x) + scaled + plain.scaled(by: -1)
    }

    /// What it costs.
    var products: AddedProducts {
        let (narrow, wide) = (2 * size.rank * site.inputs, 2 * size.rank * site.outputs)
        var products = AddedProducts(
            perRow: .init(forward: narrow + wide, backward: narrow + 2 * wide, inputGradient: narrow))
        guard magnitude != nil else { return products }
        products.perPass.forward = 2 * size.rank * site.inputs * site.outputs
        if rate > 0 {
            // The second map runs in training only.
            products.perRow.forwardInTraining = site.operationsPerRow
            products.perRow.inputGradient += site.operationsPerRow
        }
        return products
    }
}
