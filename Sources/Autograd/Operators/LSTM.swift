import Tensors

/// One direction of a long short-term memory over the steps of one sequence, behind the map of its inputs.
///
///     i, f, g, o = split(input[t] + y[t-1] Wᵀ)
///     c[t] = σ(f) c[t-1] + σ(i) tanh(g)        y[t] = σ(o) tanh(c[t])        y and c are 0 before the first step
///
/// Backward goes from the last step to the first, with `d[t]` the gradient of `input[t]`:
///
///     dy[t-1] += d[t] W        dW = sum over t of d[t]ᵀ y[t-1]
///
/// Saves the activated gates, `c` and `y`.
/// Hochreiter & Schmidhuber, 1997, <https://doi.org/10.1162/neco.1997.9.8.1735>, with the forget gate of Gers et al., 2000.
///
/// - Parameters:
///   - input: `[steps, 4 * cells]`, the gates in the order i, f, g, o
///   - weight: `[4 * cells, cells]`
///   - isReversed: whether the last step comes first; the output's rows stay where their inputs are.
/// - Returns: `[steps, cells]`
public func lstm(_ input: Variable, weight: Variable, isReversed: Bool = false) -> Variable {
    let (y, state) = Kernels.lstm(input.value, weight: weight.value, isReversed: isReversed)
    let (inputSlot, weightSlot, w) = (input.slot, weight.slot, weight.value)
    return Variable(y, from: [input, weight]) { dy in
        let d = Kernels.lstmBackward(dy, state, weight: w, isReversed: isReversed)
        weightSlot.accumulate { Kernels.lstmWeightGradient(d, state, isReversed: isReversed, addingTo: $0) }
        inputSlot.add(d)
    }
}
