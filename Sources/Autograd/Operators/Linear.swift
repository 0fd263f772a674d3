import Tensors

/// A linear map of each row, with a bias and an activation if there are any.
///
///     y = activation(x Wᵀ + bias)
///
/// Backward, with `d = dy * activation'(x Wᵀ + bias)`:
///
///     dx = d W        dW = dᵀ x        dbias = sum over rows of d
///
/// Saves the activation's input where there is an activation, and `x` only when `W` is trained: a frozen map keeps nothing.
///
/// - Parameters:
///   - x: `[rows, inputs]`
///   - weight: `[outputs, inputs]`
///   - bias: `[outputs]`
/// - Returns: `[rows, outputs]`
public func linear(_ x: Variable, weight: Variable, bias: Variable?, activation: Activation = .identity) -> Variable {
    let inputs = [x, weight] + (bias.map { [$0] } ?? [])
    let keeps = activation != .identity && inputs.contains { $0.requiresGradient }
    let (y, pre) = Kernels.linear(
        x.value, weight.value, bias: bias?.value, activation: activation, keepsInput: keeps)
    let input = weight.requiresGradient ? x.value : nil
    return Variable(y, from: inputs) { dy, gradients in
        let d: Tensor
        if let pre { d = Kernels.activationBackward(activation, pre: pre, dy) } else { d = dy }
        gradients.accumulate(x) { Kernels.product(d, weight.value, addingTo: $0) }
        if let input { gradients.accumulate(weight) { Kernels.product(transposed: d, input, addingTo: $0) } }
        if let bias, bias.requiresGradient { gradients.add(Kernels.columnSums(d), to: bias) }
    }
}
