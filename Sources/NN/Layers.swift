import Autograd
import Tensors

/// An affine map of each row: `y = activation(x Wᵀ + b)`.
public struct Linear {
    /// `[outputs, inputs]`
    public let weight: Parameter
    /// `[outputs]`
    public let bias: Parameter

    /// The map at `scope`, with `weight` `[outputs, inputs]` and `bias` `[outputs]`.
    ///
    /// - Parameter deviation: of the weight's normal start; nil for PyTorch's own start of linear maps.
    public init(_ scope: ParameterScope, inputs: Int, outputs: Int, deviation: Double?) throws(CheckpointError) {
        let start = deviation.map { Initialization.normal(deviation: $0) } ?? .linear(inputs: inputs)
        weight = try scope.parameter("weight", [outputs, inputs], start)
        bias = try scope.parameter("bias", [outputs], deviation == nil ? start : .zeros)
    }

    /// - Parameter x: `[rows, inputs]`
    /// - Returns: `[rows, outputs]`
    public func callAsFunction(_ x: Variable, activation: Activation = .identity) -> Variable {
        linear(x, weight: weight.variable, bias: bias.variable, activation: activation)
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
