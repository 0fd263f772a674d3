import Tensors

/// Normalises each row of `z = dropout(x) + residual` to mean 0 and variance 1, then scales and shifts it.
///
///     n = (z - mean(z)) * rstd        rstd = 1 / sqrt(variance(z) + epsilon)
///     y = n * weight + bias
///
/// Backward, row by row, with `g = dy * weight`:
///
///     dz      = rstd * (g - mean(g) - n * mean(g * n))
///     dx      = dropout(dz)        dresidual = dz
///     dweight = sum over rows of dy * n        dbias = sum over rows of dy
///
/// Saves `n`, in bfloat16 where `x` is, and `rstd`; the dropout mask is made again.
///
/// - Parameters:
///   - x: `[rows, hidden]`
///   - residual: `[rows, hidden]`
///   - weight: `[hidden]`
///   - bias: `[hidden]`
///   - epsilon: added to the variance; BERT uses 1e-12.
/// - Returns: `[rows, hidden]`
public func layerNorm(
    _ x: Variable, residual: Variable? = nil, dropout: DropoutMask? = nil, weight: Variable, bias: Variable,
    epsilon: Float
) -> Variable {
    let inputs = [x, weight, bias] + (residual.map { [$0] } ?? [])
    let (y, state) = Kernels.layerNorm(
        x.stored, residual: residual?.value, dropout: dropout, weight: weight.value, bias: bias.value, epsilon: epsilon,
        keepsState: inputs.contains { $0.requiresGradient })
    guard let state else { return Variable(y, from: inputs) { _ in } }
    let (w, xSlot, residualSlot) = (weight.value, x.slot, residual?.slot)
    let (weightSlot, biasSlot) = (weight.slot, bias.slot)
    return Variable(y, from: inputs) { dy in
        if weightSlot.isWanted { weightSlot.add(Kernels.columnSums(dy, times: state.normalized.float32)) }
        if biasSlot.isWanted { biasSlot.add(Kernels.columnSums(dy)) }
        guard xSlot.isWanted || residualSlot?.isWanted == true else { return }
        let dz = Kernels.layerNormBackward(dy, state, weight: w)
        if xSlot.isWanted {
            if let dropout { xSlot.add(Kernels.dropout(dz, dropout)) } else { xSlot.add(dz) }
        }
        residualSlot?.add(dz)
    }
}
