import CKernels
import Synchronization

extension Kernels {
    /// `a + b`, shapes equal; in the memory of `a`, which is given away.
    public static func add(_ a: consuming Tensor, _ b: Tensor) -> Tensor {
        precondition(a.count == b.count, "add: \(a.shape) and \(b.shape)")
        var sum = a
        sum.makeUnique()
        let result = sum
        elements(b.count) { range in
            unsafe pk_accumulate(range.count, b.base + range.lowerBound, result.base + range.lowerBound)
        }
        return result
    }

    /// `factor * x`, in the memory of `x`, which is given away.
    public static func scale(_ x: consuming Tensor, by factor: Float) -> Tensor {
        var scaled = x
        scaled.makeUnique()
        let result = scaled
        elements(result.count) { range in unsafe pk_scale(range.count, factor, result.base + range.lowerBound) }
        return result
    }

    /// The rows of `x` with dropped elements zero and kept ones scaled; its own backward with `dy` for `x`.
    ///
    /// - Parameter x: `[rows, columns]`
    public static func dropout(_ x: Tensor, _ mask: DropoutMask?) -> Tensor {
        let out = Tensor(uninitialized: x.shape)
        let columns = x.shape.columns
        Parallel.rows(x.shape.rows, target: 256) { range in
            let at = range.lowerBound
            unsafe pk_dropout_rows(mask.kernel, at, range.count, columns, x.row(at), columns, out.row(at), columns)
        }
        return out
    }

    /// The sum over rows of `a`, or of `a * b`: bias and weight gradients.
    ///
    /// - Parameters:
    ///   - a: `[rows, columns]`
    ///   - b: `[rows, columns]`
    /// - Returns: `[columns]`
    public static func columnSums(_ a: Tensor, times b: Tensor? = nil) -> Tensor {
        precondition(b.map { $0.count == a.count } ?? true, "columnSums: two shapes")
        let (rows, columns) = (a.shape.rows, a.shape.columns)
        let sums = Tensor.zeros([columns])
        Parallel.rows(columns, target: 64) { range in
            let at = range.lowerBound
            unsafe pk_column_sums(
                rows, range.count, columns, a.base + at, b.map { unsafe $0.base + at }, sums.base + at)
        }
        return sums
    }

    /// The sum of the squares of all elements, in a fixed order.
    public static func sumOfSquares(_ x: Tensor) -> Double {
        let block = 1 << 15
        let blocks = (x.count + block - 1) / block
        let partial = Mutex([Double](repeating: 0, count: blocks))
        Parallel.forEach(blocks) { index in
            let start = index * block
            let sum = unsafe pk_sum_of_squares(min(block, x.count - start), x.base + start)
            partial.withLock { $0[index] = sum }
        }
        return partial.withLock { $0.reduce(0, +) }
    }

    /// Calls `body` for ranges of elements that cover `0..<count`.
    static func elements(_ count: Int, _ body: @Sendable (Range<Int>) -> Void) {
        Parallel.rows(count, target: 1 << 15, body)
    }
}
