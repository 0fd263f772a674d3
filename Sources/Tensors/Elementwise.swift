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

    /// `a * b` element by element, shapes equal; in the memory of `a`, which is given away.
    public static func multiply(_ a: consuming Tensor, _ b: Tensor) -> Tensor {
        precondition(a.count == b.count, "multiply: \(a.shape) and \(b.shape)")
        var product = a
        product.makeUnique()
        let result = product
        elements(b.count) { range in
            unsafe pk_multiply(range.count, b.base + range.lowerBound, result.base + range.lowerBound)
        }
        return result
    }

    /// Each column of `x` times its factor; in the memory of `x`, which is given away.
    ///
    /// - Parameters:
    ///   - x: `[rows, columns]`
    ///   - factors: `[columns]`
    public static func scaleColumns(_ x: consuming Tensor, by factors: Tensor) -> Tensor {
        precondition(factors.count == x.shape.columns, "scaleColumns: \(factors.shape) for \(x.shape)")
        var scaled = x
        scaled.makeUnique()
        let result = scaled
        Parallel.rows(result.shape.rows, target: 256) { range in
            unsafe pk_scale_columns(range.count, result.shape.columns, factors.base, result.row(range.lowerBound))
        }
        return result
    }

    /// Each row of `x` times its factor; in the memory of `x`, which is given away.
    ///
    /// - Parameters:
    ///   - x: `[rows, columns]`
    ///   - factors: `[rows]`
    public static func scaleRows(_ x: consuming Tensor, by factors: Tensor) -> Tensor {
        precondition(factors.count == x.shape.rows, "scaleRows: \(factors.shape) for \(x.shape)")
        var scaled = x
        scaled.makeUnique()
        let result = scaled
        Parallel.rows(result.shape.rows, target: 256) { range in
            let at = range.lowerBound
            unsafe pk_scale_rows(range.count, result.shape.columns, factors.base + at, result.row(at))
        }
        return result
    }

    /// The sum of each row of `a * b`.
    ///
    /// - Parameters:
    ///   - a: `[rows, columns]`
    ///   - b: `[rows, columns]`
    /// - Returns: `[rows]`
    public static func rowDots(_ a: Tensor, _ b: Tensor) -> Tensor {
        precondition(a.count == b.count, "rowDots: \(a.shape) and \(b.shape)")
        let (columns, dots) = (a.shape.columns, Tensor(uninitialized: [a.shape.rows]))
        Parallel.rows(a.shape.rows, target: 256) { range in
            let at = range.lowerBound
            unsafe pk_row_dots(range.count, columns, a.row(at), columns, b.row(at), nil, columns, dots.base + at)
        }
        return dots
    }

    /// `activation(x)` element by element.
    public static func activate(_ activation: Activation, _ x: Tensor) -> Tensor {
        let out = Tensor(uninitialized: x.shape)
        elements(x.count) { range in
            let at = range.lowerBound
            unsafe pk_activate(activation.kernel, range.count, x.base + at, out.base + at)
        }
        return out
    }

    /// The transpose.
    ///
    /// - Parameter x: `[rows, columns]`
    /// - Returns: `[columns, rows]`
    public static func transpose(_ x: Tensor) -> Tensor {
        let (rows, columns) = (x.shape.rows, x.shape.columns)
        let out = Tensor(uninitialized: [columns, rows])
        if Rehearsal.isRunning { return out }
        for row in 0..<rows {
            for column in 0..<columns { unsafe out.base[column * rows + row] = x.row(row)[column] }
        }
        return out
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
