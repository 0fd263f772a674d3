import Autograd
import NN
import Tensors

/// One bottleneck adapter and its parameters.
///
///     f(x) = scaling · (W₂ activation(W₁ norm(x) + b₁) + b₂)        the norm where the form has one
struct BottleneckAdapter {
    private let form: BottleneckForm
    private let path: String
    private let hidden: Int
    private let width: Int
    private let down: (weight: Parameter, bias: Parameter)
    private let up: (weight: Parameter, bias: Parameter)
    private let scaling: Parameter?
    private let normBefore: LayerNorm?
    private let normAfter: LayerNorm?

    /// Declares the adapter at `scope`, which narrows rows of `hidden` to `width`.
    init(_ scope: ParameterScope, hidden: Int, width: Int, _ form: BottleneckForm) throws {
        func map(
            _ scope: ParameterScope, _ shape: Shape, _ start: Initialization
        ) throws -> (weight: Parameter, bias: Parameter) {
            let bias = try scope.parameter("bias", [shape.rows], .zeros)
            return (try scope.parameter("weight", shape, start), bias)
        }
        func norm(_ name: String, _ isThere: Bool) throws -> LayerNorm? {
            isThere ? try LayerNorm(scope[name], hidden: hidden, epsilon: 1e-5) : nil
        }
        self.form = form
        self.hidden = hidden
        self.width = width
        path = scope.path
        normBefore = try norm("adapter_norm_before", form.hasNormBefore)
        // The library's lower map is a sequence, in which a norm comes first.
        down = try map(
            scope["adapter_down"][form.hasNormBefore ? 1 : 0], [width, hidden], form.start.lower(inputs: hidden))
        up = try map(scope["adapter_up"], [hidden, width], form.start.upper)
        normAfter = try norm("adapter_norm_after", form.hasNormAfter)
        scaling =
            switch form.scaling {
            case .first: nil
            case .second(.learned): try scope.parameter("scaling", [1], .ones)
            case .second(.channel): try scope.parameter("scaling", [hidden], .ones)
            }
    }

    /// What follows the sub-layer, the model's residual and norm included: `[rows, hidden]`.
    func follow(_ sublayer: SublayerOutput, _ pass: ForwardPass) -> Variable {
        var output: Variable
        if form.isParallel {
            let added = transform(sublayer.residual, pass)
            output = sublayer.output + (normAfter.map { $0(added) } ?? added)
        } else {
            let input = form.hasOriginalNormBefore ? sublayer.joined : sublayer.output
            let residual =
                switch form.residual {
                case .beforeSum: sublayer.output
                case .afterSum: sublayer.output + sublayer.residual
                case .input: input
                }
            output = transform(input, pass)
            if form.addsResidualBeforeNorm { output = output + residual }
            if let normAfter { output = normAfter(output) }
            if !form.addsResidualBeforeNorm { output = output + residual }
        }
        guard form.hasOriginalNormAfter else { return output }
        return SublayerOutput(output: output, residual: sublayer.residual, norm: sublayer.norm).joined
    }

    /// - Parameter x: `[rows, hidden]`
    /// - Returns: `[rows, hidden]`
    private func transform(_ x: Variable, _ pass: ForwardPass) -> Variable {
        let narrow = linear(
            normBefore.map { $0(x) } ?? x, weight: down.weight.variable, bias: down.bias.variable,
            activation: form.nonLinearity.activation)
        let wide = linear(narrow, weight: up.weight.variable, bias: up.bias.variable)
        return dropout(scale(wide), pass.dropout(form.dropout, at: path + ".dropout"))
    }

    private func scale(_ x: Variable) -> Variable {
        switch form.scaling {
        case .first(1): return x
        case .first(let factor): return x.scaled(by: Float(factor))
        case .second:
            guard let factors = scaling?.variable else { return x }
            let isSingle = factors.value.shape.count == 1
            return scaleColumns(x, by: isSingle ? gather(factors, [Int32](repeating: 0, count: hidden)) : factors)
        }
    }

    /// The products of its two maps.
    var products: AddedProducts {
        let map = 2 * hidden * width
        // The gradients of both weights and of what goes into the upper map; of what goes into the lower one where anything wants it,
        // as a norm of the adapter's own does.
        let input = normBefore == nil ? 0 : map
        return AddedProducts(perRow: .init(forward: 2 * map, backward: 3 * map + input, inputGradient: map - input))
    }
}

extension Bottleneck.Start {
    /// Of the lower map's weight.
    fileprivate func lower(inputs: Int) -> Initialization {
        switch self {
        case .bert: .normal(deviation: 0.02)
        case .mam: .linear(inputs: inputs)
        case .houlsby: .truncatedNormal(deviation: 0.01)
        }
    }

    /// Of the upper map's weight.
    fileprivate var upper: Initialization {
        switch self {
        case .bert: .normal(deviation: 0.02)
        case .mam: .zeros
        case .houlsby: .truncatedNormal(deviation: 0.01)
        }
    }
}
