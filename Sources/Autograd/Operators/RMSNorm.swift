import Tensors

/// Divides each row by its root mean square, then scales it.
///
///     y = x * rstd * weight        rstd = 1 / sqrt(mean(x * x) + epsilon)
///
/// Backward, row by row, with `g = dy * weight` and `n = x * rstd`:
///
///     dx      = rstd * (g - n * mean(g * n))
///     dweight = sum over rows of dy * n
///
/// Saves `x` and `rstd`.
///
/// - Parameters:
///   - x: `[rows, hidden]`
///   - weight: `[hidden]`
///   - epsilon: added to the mean square.
/// - Returns: `[rows, hidden]`
public func rmsNorm(_ x: Variable, weight: Variable, epsilon: Float) -> Variable {
    let (y, rstd) = Kernels.rmsNorm(
        x.value, weight: weight.value, epsilon: epsilon, keepsState: x.requiresGradient || weight.requiresGradient)
    guard let rstd else { return Variable(y, from: [x, weight]) { _ in } }
    let (input, w, xSlot, weightSlot) = (x.value, weight.value, x.slot, weight.slot)
    return Variable(y, from: [x, weight]) { dy in
        if weightSlot.isWanted {
            weightSlot.add(Kernels.columnSums(dy, times: Kernels.scaleRows(input.copy(), by: rstd)))
        }
        if xSlot.isWanted { xSlot.add(Kernels.rmsNormBackward(dy, x: input, rstd: rstd, weight: w)) }
    }
}
