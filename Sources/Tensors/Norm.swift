import CKernels

extension Kernels {
    /// What the backward of a normalisation needs: the normalised rows `[rows, hidden]` and `1 / deviation`, `[rows]`.
    public struct NormState: Sendable {
        /// `(z - mean) * rstd`, `[rows, hidden]`; in bfloat16 where `x` was.
        public let normalized: StoredTensor
        /// `[rows]`
        public let rstd: Tensor
    }

    /// Layer normalisation of `z = dropout(x) + residual` in one pass over memory.
    ///
    ///     y = (z - mean(z)) * rstd * weight + bias
    ///
    /// - Parameters:
    ///   - x: `[rows, hidden]`
    ///   - residual: `[rows, hidden]`
    ///   - weight: `[hidden]`
    ///   - bias: `[hidden]`
    ///   - keepsState: whether backward will follow.
    /// - Returns: y `[rows, hidden]`, and the state when kept.
    public static func layerNorm(
        _ x: StoredTensor, residual: Tensor?, dropout: DropoutMask?, weight: Tensor, bias: Tensor, epsilon: Float,
        keepsState: Bool
    ) -> (output: Tensor, state: NormState?) {
        let (rows, hidden) = (x.shape.rows, x.shape.columns)
        precondition(residual.map { $0.count == x.shape.count } ?? true, "layerNorm: residual for \(x.shape)")
        precondition(
            weight.count == hidden && bias.count == hidden, "layerNorm: \(x.shape) with weight \(weight.shape)")
        let y = Tensor(uninitialized: [rows, hidden])
        let state =
            keepsState
            ? NormState(
                normalized: StoredTensor(uninitialized: [rows, hidden], inBFloat16: x.halves != nil),
                rstd: Tensor(uninitialized: [rows])) : nil
        Parallel.rows(rows, target: 64) { range in
            let at = range.lowerBound
            unsafe pk_layer_norm(
                dropout.kernel, at, range.count, hidden, x.floats?.row(at), x.halves?.row(at), residual?.row(at),
                weight.base, bias.base, epsilon,
                y.row(at), state?.normalized.floats?.row(at), state?.normalized.halves?.row(at),
                state.map { unsafe $0.rstd.base + at })
        }
        return (y, state)
    }

    /// The gradient of `z`, row by row, with `g = dy * weight` and `n` the normalised row:
    ///
    ///     dz = rstd * (g - mean(g) - n * mean(g * n))
    ///
    /// - Parameter dy: `[rows, hidden]`; its memory is taken for the result.
    public static func layerNormBackward(_ dy: consuming Tensor, _ state: NormState, weight: Tensor) -> Tensor {
        let (rows, hidden) = (state.normalized.shape.rows, state.normalized.shape.columns)
        precondition(dy.count == state.normalized.shape.count, "layerNormBackward: \(dy.shape)")
        var gradient = dy
        gradient.makeUnique()
        let dz = gradient
        Parallel.rows(rows, target: 64) { range in
            let at = range.lowerBound
            unsafe pk_layer_norm_backward(
                range.count, hidden, dz.row(at), state.normalized.floats?.row(at), state.normalized.halves?.row(at),
                state.rstd.base + at, weight.base, dz.row(at))
        }
        return dz
    }

    /// Root mean square normalisation of each row.
    ///
    ///     y = x * rstd * weight        rstd = 1 / sqrt(mean(x * x) + epsilon)
    ///
    /// - Parameters:
    ///   - x: `[rows, hidden]`
    ///   - weight: `[hidden]`
    ///   - keepsState: whether backward will follow.
    /// - Returns: y `[rows, hidden]`, and rstd `[rows]` when kept.
    public static func rmsNorm(_ x: Tensor, weight: Tensor, epsilon: Float, keepsState: Bool) -> (
        output: Tensor, rstd: Tensor?
    ) {
        let (rows, hidden) = (x.shape.rows, x.shape.columns)
        precondition(weight.count == hidden, "rmsNorm: \(x.shape) with weight \(weight.shape)")
        let y = Tensor(uninitialized: [rows, hidden])
        let rstd = keepsState ? Tensor(uninitialized: [rows]) : nil
        Parallel.rows(rows, target: 64) { range in
            let at = range.lowerBound
            unsafe pk_rms_norm(
                range.count, hidden, x.row(at), weight.base, epsilon, y.row(at), rstd.map { unsafe $0.base + at })
        }
        return (y, rstd)
    }

    /// The gradient of `x`, row by row, with `g = dy * weight` and `n = x * rstd`:
    ///
    ///     dx = rstd * (g - n * mean(g * n))
    ///
    /// - Parameters:
    ///   - dy: `[rows, hidden]`; its memory is taken for the result.
    ///   - x: `[rows, hidden]`
    ///   - rstd: `[rows]`
    public static func rmsNormBackward(_ dy: consuming Tensor, x: Tensor, rstd: Tensor, weight: Tensor) -> Tensor {
        let (rows, hidden) = (x.shape.rows, x.shape.columns)
        precondition(dy.count == x.count, "rmsNormBackward: \(dy.shape)")
        var gradient = dy
        gradient.makeUnique()
        let dx = gradient
        Parallel.rows(rows, target: 64) { range in
            let at = range.lowerBound
            unsafe pk_rms_norm_backward(
                range.count, hidden, dx.row(at), x.row(at), rstd.base + at, weight.base, dx.row(at))
        }
        return dx
    }
}
