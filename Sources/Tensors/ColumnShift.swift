import CKernels

extension Kernels {
    /// Each column of `x` times its factor and plus its shift; in the memory of `x`, which is given away.
    ///
    /// - Parameters:
    ///   - x: `[rows, columns]`
    ///   - factors: `[columns]`
    ///   - shift: `[columns]`
    public static func scaleColumns(_ x: consuming Tensor, by factors: Tensor, adding shift: Tensor) -> Tensor {
        precondition(
            factors.count == x.shape.columns && shift.count == factors.count,
            "scaleColumns: \(factors.shape) and \(shift.shape) for \(x.shape)")
        var scaled = x
        scaled.makeUnique()
        let result = scaled
        Parallel.rows(result.shape.rows, target: 256) { range in
            let (row, columns) = unsafe (result.row(range.lowerBound), result.shape.columns)
            unsafe pk_scale_columns(range.count, columns, factors.base, row)
            unsafe pk_add_bias(range.count, columns, shift.base, row)
        }
        return result
    }
}
