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
/// A packed weight multiplies in bfloat16, forward and backward; result, activation's input and the first gradient that reaches
/// the result of another such map are then in bfloat16.
///
/// - Parameters:
///   - x: `[rows, inputs]`
///   - weight: `[outputs, inputs]`, or `[inputs, outputs]` when it is stored transposed
///   - bias: `[outputs]`
/// - Returns: `[rows, outputs]`
public func linear(
    _ x: Variable, weight: Variable, layout: WeightLayout = .outputsFirst, bias: Variable?,
    activation: Activation = .identity
) -> Variable {
    let inputs = [x, weight] + (bias.map { [$0] } ?? [])
    let keeps = activation != .identity && inputs.contains { $0.requiresGradient }
    if let packed = weight.packed {
        return packedLinear(x, packed, layout: layout, bias: bias, activation: activation, keepsInput: keeps)
    }
    let (y, pre) = Kernels.linear(
        x.value, weight.value, layout: layout, bias: bias?.value, activation: activation, keepsInput: keeps)
    let (w, input) = (weight.value, weight.requiresGradient ? x.value : nil)
    let (xSlot, weightSlot, biasSlot) = (x.slot, weight.slot, bias?.slot)
    return Variable(y, from: inputs) { dy in
        let d: Tensor
        if let pre { d = Kernels.activationBackward(activation, pre: pre, dy) } else { d = dy }
        xSlot.accumulate {
            layout == .outputsFirst
                ? Kernels.product(d, w, addingTo: $0) : Kernels.product(d, transposed: w, addingTo: $0)
        }
        if let input {
            weightSlot.accumulate {
                layout == .outputsFirst
                    ? Kernels.product(transposed: d, input, addingTo: $0)
                    : Kernels.product(transposed: input, d, addingTo: $0)
            }
        }
        if let biasSlot, biasSlot.isWanted { biasSlot.add(Kernels.columnSums(d)) }
    }
}

private func packedLinear(
    _ x: Variable, _ weight: PackedMatrix, layout: WeightLayout, bias: Variable?, activation: Activation,
    keepsInput: Bool
) -> Variable {
    let (y, pre) = Kernels.linear(
        .bfloat16(x.rounded), weight, layout: layout, bias: bias?.value, activation: activation, keepsInput: keepsInput)
    let (xSlot, biasSlot) = (x.slot, bias?.slot)
    func passOn(_ dy: StoredTensor) {
        if xSlot.takesHalves {
            return xSlot.add(
                Kernels.halfInputGradient(dy, activation: activation, pre: pre, weight, layout: layout))
        }
        xSlot.accumulate {
            Kernels.inputGradient(dy, activation: activation, pre: pre, weight, layout: layout, addingTo: $0)
        }
    }
    guard let biasSlot, biasSlot.isWanted else {
        return Variable(.bfloat16(y), fromSlots: [xSlot], halfBackward: { passOn(.bfloat16($0)) }) {
            passOn(.float32($0))
        }
    }
    return Variable(.bfloat16(y), fromSlots: [xSlot, biasSlot]) { dy in
        let d: Tensor
        if let pre { d = Kernels.activationBackward(activation, pre: pre.float32, dy) } else { d = dy }
        biasSlot.add(Kernels.columnSums(d))
        xSlot.accumulate { Kernels.inputGradient(.float32(d), weight, layout: layout, addingTo: $0) }
    }
}
