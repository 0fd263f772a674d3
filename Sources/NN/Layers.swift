import Autograd
import Tensors

/// An affine map of each row: `y = activation(x Wᵀ + b)`. One of the backbone is a site that methods can wrap.
public struct Linear {
    /// The map's name, widths and parameters.
    public let site: LinearSite

    /// The map at `scope`, with `weight` as the layout says and `bias` `[outputs]`.
    ///
    /// - Parameters:
    ///   - deviation: of the weight's normal start; nil for PyTorch's own start of linear maps.
    ///   - hasBias: false for a map without one.
    public init(
        _ scope: ParameterScope, inputs: Int, outputs: Int, deviation: Double?, layout: WeightLayout = .outputsFirst,
        hasBias: Bool = true
    ) throws(CheckpointError) {
        let start = deviation.map { Initialization.normal(deviation: $0) } ?? .linear(inputs: inputs)
        let shape = layout.shape(inputs: inputs, outputs: outputs)
        site = LinearSite(
            path: scope.path, inputs: inputs, outputs: outputs, layout: layout,
            weight: try scope.parameter("weight", shape, start),
            bias: hasBias ? try scope.parameter("bias", [outputs], deviation == nil ? start : .zeros) : nil)
        if scope.owner == .backbone { scope.store.declare(site) }
    }

    /// The map alone, whatever was wrapped around it.
    ///
    /// - Parameter x: `[rows, inputs]`
    /// - Returns: `[rows, outputs]`
    public func callAsFunction(_ x: Variable, activation: Activation = .identity) -> Variable {
        linear(
            x, weight: site.weight.variable, layout: site.layout, bias: site.bias?.variable, activation: activation)
    }

    /// The map with what methods wrapped around it.
    ///
    /// - Parameter x: `[rows, inputs]`
    /// - Returns: `[rows, outputs]`
    public func callAsFunction(_ x: Variable, activation: Activation = .identity, _ pass: ForwardPass) -> Variable {
        guard let wraps = pass.graph.wraps[site.path] else { return self(x, activation: activation) }
        var map: (Variable) -> Variable = { self($0) }
        for wrap in wraps {
            let base = map
            map = { wrap.apply($0, base, pass) }
        }
        return Autograd.activation(activation, map(x))
    }
}

/// Layer normalisation (Ba et al., 2016) of `dropout(x) + residual`.
public struct LayerNorm {
    /// `[hidden]`
    public let weight: Parameter
    /// `[hidden]`
    public let bias: Parameter
    /// Added to the variance.
    public let epsilon: Float

    /// The normalisation at `scope`, with `weight` and `bias` `[hidden]`.
    public init(_ scope: ParameterScope, hidden: Int, epsilon: Float) throws(CheckpointError) {
        weight = try scope.parameter("weight", [hidden], .ones)
        bias = try scope.parameter("bias", [hidden], .zeros)
        self.epsilon = epsilon
        weight.belongsToNorm = true
        bias.belongsToNorm = true
    }

    /// - Parameters:
    ///   - x: `[rows, hidden]`
    ///   - residual: `[rows, hidden]`
    /// - Returns: `[rows, hidden]`
    public func callAsFunction(_ x: Variable, residual: Variable? = nil, dropout: DropoutMask? = nil) -> Variable {
        layerNorm(
            x, residual: residual, dropout: dropout, weight: weight.variable, bias: bias.variable, epsilon: epsilon)
    }
}

/// Root mean square normalisation (Zhang & Sennrich, 2019).
public struct RMSNorm {
    /// `[hidden]`
    public let weight: Parameter
    /// Added to the mean square.
    public let epsilon: Float

    /// The normalisation at `scope`, with `weight` `[hidden]`.
    public init(_ scope: ParameterScope, hidden: Int, epsilon: Float) throws(CheckpointError) {
        weight = try scope.parameter("weight", [hidden], .ones)
        self.epsilon = epsilon
        weight.belongsToNorm = true
    }

    /// - Parameter x: `[rows, hidden]`
    /// - Returns: `[rows, hidden]`
    public func callAsFunction(_ x: Variable) -> Variable {
        rmsNorm(x, weight: weight.variable, epsilon: epsilon)
    }
}
