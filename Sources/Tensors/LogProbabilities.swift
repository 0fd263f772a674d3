import CKernels

extension Kernels {
    /// The logarithm of the softmax of each row.
    ///
    ///     y = x - logsumexp(x)
    ///
    /// - Parameter x: `[rows, columns]`
    /// - Returns: `[rows, columns]`
    public static func logProbabilities(_ x: Tensor) -> Tensor {
        let (rows, columns) = (x.shape.rows, x.shape.columns)
        let out = Tensor(uninitialized: x.shape)
        guard columns > 0 else { return out }
        Parallel.forEach(rows) { row in
            let lse = unsafe pk_log_sum_exp(columns, 1, x.row(row))
            let (from, to) = unsafe (x.row(row), out.row(row))
            for column in 0..<columns { unsafe to[column] = from[column] - lse }
        }
        return out
    }
}
